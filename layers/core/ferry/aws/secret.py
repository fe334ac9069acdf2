"""Secrets from Secrets Manager, read once per execution environment."""

from functools import cache

from ferry.aws import clients


@cache
def link_key(secret_arn: str) -> str:
    """Return the key that signs download links."""
    return clients.secrets().get_secret_value(SecretId=secret_arn)["SecretString"]
