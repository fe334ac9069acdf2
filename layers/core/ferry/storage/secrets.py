"""Secrets from Secrets Manager, read once per execution environment."""

from functools import cache

from ferry import aws


@cache
def link_key(secret_arn: str) -> str:
    """Return the key that signs download links."""
    return aws.secrets().get_secret_value(SecretId=secret_arn)["SecretString"]
