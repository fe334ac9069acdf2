"""Config sections: under each source or sink type, conf keys with their properties.

A type's text is merged per conf key, so it cannot stay verbatim: it is always written as the
engine exports it, keys sorted and numbers as float64, whether it was merged or not. So the
bytes do not depend on how a configuration came to be.

Source: contract configurations#documents.
"""

from typing import Any

from ferry.kuiper.gojson.go_reader import read_for_writing
from ferry.kuiper.gojson.go_writer import write
from ferry.kuiper.gojson.shapes import mismatch

type ConfKeys = dict[str, dict[str, Any]]
"""Properties by conf key; numbers are as `read_for_writing` returns them."""

_PROPERTIES = "map[string]interface {}"


def read_conf_keys(text: str) -> ConfKeys:
    """Return the conf keys in a type's text.

    Raises:
        InvalidJson: the text is no JSON map of maps (case 37).

    """
    value = read_for_writing(text)
    if value is None:
        return {}
    if not isinstance(value, dict):
        mismatch(value, f"map[string]{_PROPERTIES}")
    for properties in value.values():
        if properties is not None and not isinstance(properties, dict):
            mismatch(properties, _PROPERTIES)
    return {key: properties or {} for key, properties in value.items()}


def write_conf_keys(conf_keys: ConfKeys) -> str:
    """Return the canonical text of a type's conf keys."""
    return write(conf_keys).decode()
