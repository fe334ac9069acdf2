"""References to values that are not in the files: `${env:NAME}`, `${file:PATH}`, `${var:NAME}`.

`${secretsmanager:NAME}` is a secret of AWS Secrets Manager, `${secretsmanager:NAME:MEMBER}` one
member of a secret that is a JSON object.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ferry_cli.engines.secrets_manager import secret_of_aws
from ferry_cli.exits import Exit, Stop
from ferry_cli.wording import t

_REFERENCE = re.compile(r"\$\{(env|file|var|secretsmanager):([^{}]+)\}")
_SECRET_NAME = re.compile(
    r"passw|secret|token|credential|private_?key|access_?key|api_?key", re.IGNORECASE
)
MASK = "******"


@dataclass
class References:
    """Values by reference; all but those of `var` are secrets.

    Attributes:
        variables: of `--var` and `--var-file`, which are not secret.
        fetch: returns a secret of AWS Secrets Manager by its name or ARN.

    """

    environment: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)
    fetch: Callable[[str], str] = secret_of_aws
    _secrets: dict[str, str] = field(default_factory=dict)
    _fetched: dict[str, str] = field(default_factory=dict)

    def resolved(self, text: str) -> str:
        """Return a text with the values in place of the references.

        Raises:
            Stop: a reference leads to nothing.

        """
        return _REFERENCE.sub(self._value, text)

    def hidden(self, text: str) -> str:
        """Return a text for people: secrets as they are referred to, others' secrets masked."""
        # The longest first: the rest of one that begins like another must not stay.
        for value in sorted(self._secrets, key=len, reverse=True):
            quoted = (json.dumps(value, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False))
            for written in (value, *quoted):
                text = text.replace(written, self._secrets[value])
        try:
            found = json.loads(text)
        except ValueError:
            return text
        return json.dumps(_masked(found), ensure_ascii=False) if isinstance(found, dict) else text

    def _value(self, found: re.Match[str]) -> str:
        kind, name = found[1], found[2].strip()
        value: str | None
        if kind == "var":
            value = self.variables.get(name)
        elif kind == "env":
            value = self.environment.get(name)
        elif kind == "file":
            path = Path(name)
            value = path.read_text("utf-8").rstrip("\r\n") if path.is_file() else None
        else:
            value = self._of_secrets_manager(name)
        if value is None:
            raise Stop(
                t("{reference} leads to nothing").format(reference=found[0]), code=Exit.FAILED
            )
        if kind != "var" and value:
            self._secrets[value] = found[0]
        return value

    def _of_secrets_manager(self, reference: str) -> str | None:
        name, member = reference, ""
        if _has_member(reference):
            name, _, member = reference.rpartition(":")
        if name not in self._fetched:
            self._fetched[name] = self.fetch(name)
        secret = self._fetched[name]
        if not member:
            return secret
        try:
            found = json.loads(secret)
        except ValueError:
            return None
        value = found.get(member) if isinstance(found, dict) else None
        return value if value is None or isinstance(value, str) else json.dumps(value)


def _has_member(reference: str) -> bool:
    """A secret's name has no colon, its ARN six.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    """
    return reference.count(":") in ({7} if reference.startswith("arn:") else {1})


def _masked(value: object, name: str = "") -> object:
    """Return JSON without the values of members whose names say that they are secret."""
    if isinstance(value, dict):
        return {member: _masked(within, member) for member, within in value.items()}
    if isinstance(value, list):
        return [_masked(element, name) for element in value]
    known = isinstance(value, str) and _REFERENCE.fullmatch(value)
    secret = _SECRET_NAME.search(name) and value not in (None, "") and not known
    return MASK if secret else value
