"""Check the archive of a plugin or service and list what it provides.

Native plugins: a library named like the plugin, and of a source its configuration. Portable ones:
`<name>.json`, the executable it names and at least one symbol. Services: `<name>.json` with
interfaces, and the schemas these name.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ferry.errors import InvalidItem
from ferry.kuiper.document.sections import Section
from ferry.kuiper.gojson.go_reader import read
from ferry.kuiper.gojson.shapes import STRING, STRINGS, read_struct, struct
from ferry.kuiper.items.installable import Installable

type Provided = Mapping[Section, Mapping[str, frozenset[str]]]
"""Names of sources, sinks and functions that an archive provides, by section and item."""

_PORTABLE = struct(
    "runtime.PluginMeta",
    {
        "version": STRING,
        "language": STRING,
        "executable": STRING,
        "sources": STRINGS,
        "sinks": STRINGS,
        "functions": STRINGS,
    },
)
_SYMBOLS = ("sources", "sinks", "functions")
_RPC = re.compile(r"^[^\S\n]*+rpc\s++(\w++)\s*+\(", re.MULTILINE)


class Archive(msgspec.Struct, frozen=True):
    """An archive as far as it is read.

    Attributes:
        names: of its members.
        texts: of the members that describe it, by name: `*.json` and `schemas/*.proto`.

    """

    names: frozenset[str]
    texts: Mapping[str, str]


def symbols_in(section: Section, item: Installable, archive: Archive) -> frozenset[str]:
    """Return the names of what the archive provides, but for the plugin's own name.

    Raises:
        InvalidItem: it lacks what archives of its kind need.

    """
    return _READERS[section](item, archive)


def _native(item: Installable, archive: Archive) -> frozenset[str]:
    kind, _, name = item.key.partition("_")
    names = f"{re.escape(name)}|{re.escape(name[:1].upper() + name[1:])}"
    library = re.compile(rf"(?:{names})(?:@.*)?\.so")
    complete = any(map(library.fullmatch, archive.names))
    if not complete or (kind == "sources" and f"{name}.yaml" not in archive.names):
        raise InvalidItem("invalid zip file: so file or conf file is missing")
    return frozenset()


def _portable(item: Installable, archive: Archive) -> frozenset[str]:
    fields = read_struct(_description(item, archive), _PORTABLE)
    executable = fields.get("executable", "")
    if executable not in archive.names:
        raise InvalidItem(f"invalid zip file: the executable {executable} is missing")
    symbols = frozenset(symbol for kind in _SYMBOLS for symbol in fields.get(kind) or ())
    if not symbols:
        raise InvalidItem(f"{item.name}.json names no source, sink or function")
    return symbols


def _service(item: Installable, archive: Archive) -> frozenset[str]:
    described = read(_description(item, archive))
    interfaces = described.get("interfaces") if isinstance(described, dict) else None
    if not isinstance(interfaces, dict) or not interfaces:
        raise InvalidItem(f"{item.name}.json has no interfaces")
    return _functions([each for each in interfaces.values() if isinstance(each, dict)], archive)


def _functions(interfaces: list[dict[str, Any]], archive: Archive) -> frozenset[str]:
    """Return the functions of all interfaces: those of their schemas, under the names they give.

    A schema is searched once, however many interfaces name it.
    """
    found: set[str] = set()
    renamed_by_all: dict[str, set[str]] = {}
    for interface in interfaces:
        file = interface.get("schemaFile")
        if file and f"schemas/{file}" not in archive.names:
            raise InvalidItem(f"invalid zip file: schemas/{file} is missing")
        given, renamed = _renamed(interface.get("functions") or [])
        found |= given
        known = renamed_by_all.get(str(file))
        renamed_by_all[str(file)] = renamed if known is None else known & renamed
    for file, renamed in renamed_by_all.items():
        found.update(set(_RPC.findall(archive.texts.get(f"schemas/{file}", ""))) - renamed)
    return frozenset(found)


def _renamed(functions: Any) -> tuple[set[str], set[str]]:
    """Return the names that an interface gives to functions, and those that these have there."""
    if not isinstance(functions, list):
        raise InvalidItem("its functions are no list")
    named = [
        function
        for function in functions
        if isinstance(function, dict) and isinstance(function.get("name"), str)
    ]
    return (
        {function["name"] for function in named},
        {str(function.get("serviceName")) for function in named},
    )


def _description(item: Installable, archive: Archive) -> str:
    name = f"{item.name}.json"
    if name not in archive.texts:
        raise InvalidItem(f"invalid zip file: {name} is missing")
    return archive.texts[name]


_READERS: Mapping[Section, Callable[[Installable, Archive], frozenset[str]]] = {
    Section.NATIVE_PLUGINS: _native,
    Section.PORTABLE_PLUGINS: _portable,
    Section.SERVICE: _service,
}
