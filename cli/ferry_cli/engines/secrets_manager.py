"""Secrets of AWS Secrets Manager, by the AWS command line: no package of AWS is needed here."""

import json

from ferry_cli.exits import Stop
from ferry_cli.wording import t


def secret_of_aws(name: str) -> str:
    """Fetch a secret by the AWS command line, with whatever credentials that has.

    https://docs.aws.amazon.com/cli/latest/reference/secretsmanager/get-secret-value.html

    Raises:
        Stop: there is no AWS command line, or it refuses.

    """
    import subprocess

    command = ["aws", "secretsmanager", "get-secret-value", f"--secret-id={name}"]
    try:
        told = subprocess.run(  # noqa: S603 - no shell; the name is one argument, behind its option
            [*command, "--query", "SecretString", "--output", "json"],
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
    except (OSError, subprocess.CalledProcessError) as error:
        why = (getattr(error, "stderr", None) or str(error)).strip()
        raise Stop(
            t("the secret {name} cannot be read: {why}").format(name=name, why=why),
            advice=t("Needs the AWS command line and its credentials: aws sts get-caller-identity"),
        ) from error
    secret = json.loads(told.stdout)
    if not isinstance(secret, str):
        raise Stop(t("the secret {name} is no text").format(name=name))
    return secret
