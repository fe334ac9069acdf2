"""References to values that are not in the files: `${env:NAME}`, `${file:PATH}`, `${var:NAME}`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ferry_cli.exits import Exit, Stop
from ferry_cli.wording import t

_REFERENCE = re.compile(r"\$\{(env|file|var):([^{}]+)\}")
_SECRET_NAME = re.compile(
    r"passw|secret|token|credential|private_?key|access_?key|api_?key", re.IGNORECASE
)
MASK = "******"


@dataclass
class References:
    """Values by reference; those of `env` and `file` are secrets.

    Attributes:
        variables: of `--var`, which are not secret.

    """

    environment: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)
    _secrets: dict[str, str] = field(default_factory=dict)

    def resolved(self, text: str) -> str:
        """Return a text with the values in place of the references.

        Raises:
            Stop: a reference leads to nothing.

        """
        return _REFERENCE.sub(self._value, text)

    def hidden(self, text: str) -> str:
        """Return a text for people: secrets as they are referred to, others' secrets masked."""
        for value, reference in self._secrets.items():
            for written in (value, json.dumps(value)[1:-1]):
                text = text.replace(written, reference)
        try:
            found = json.loads(text)
        except ValueError:
            return text
        return json.dumps(_masked(found), ensure_ascii=False) if isinstance(found, dict) else text

    def _value(self, found: re.Match[str]) -> str:
        kind, name = found[1], found[2].strip()
        if kind == "var":
            value = self.variables.get(name)
        elif kind == "env":
            value = self.environment.get(name)
        else:
            path = Path(name)
            value = path.read_text("utf-8").rstrip("\r\n") if path.is_file() else None
        if value is None:
            raise Stop(
                t("{reference} leads to nothing").format(reference=found[0]), code=Exit.FAILED
            )
        if kind != "var" and value:
            self._secrets[value] = found[0]
        return value


def _masked(value: object, name: str = "") -> object:
    """Return JSON without the values of members whose names say that they are secret."""
    if isinstance(value, dict):
        return {member: _masked(within, member) for member, within in value.items()}
    if isinstance(value, list):
        return [_masked(element, name) for element in value]
    known = isinstance(value, str) and _REFERENCE.fullmatch(value)
    secret = _SECRET_NAME.search(name) and value not in (None, "") and not known
    return MASK if secret else value
