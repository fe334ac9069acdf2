"""YAML in and out, for /v2/data: plain values only, of bounded size and depth.

Aliases are refused: with them a small text can stand for an endless value.
"""

from typing import Any

import yaml

from ferry.errors import Malformed

_MAX_BYTES = 8_388_608
_MAX_DEPTH = 100


def read_yaml(text: str | bytes) -> Any:
    """Return the value of a YAML text.

    Raises:
        Malformed: `import failed: …`; it is no YAML, or too large, too deep or with aliases.

    """
    if len(text) > _MAX_BYTES:
        raise Malformed(f"import failed: the YAML is larger than {_MAX_BYTES:,} bytes")
    try:
        _check_events(text)
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, OverflowError) as fault:
        reason = " ".join(str(fault).split())
        raise Malformed(f"import failed: {reason}") from fault


def write_yaml(value: Any) -> bytes:
    """Return a value as YAML in UTF-8, its keys in their order."""
    text: bytes = yaml.dump(
        value,
        Dumper=yaml.CSafeDumper,
        encoding="utf-8",
        allow_unicode=True,
        sort_keys=False,
    )
    return text


def _check_events(text: str | bytes) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise Malformed("import failed: aliases are not accepted in the YAML")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise Malformed(f"import failed: the YAML is nested deeper than {_MAX_DEPTH} levels")
