"""Documents in files: a folder of YAML and JSON, or one file of either."""

import json
import re
from pathlib import Path
from typing import Any

from ferry_cli.engines.references import References
from ferry_cli.exits import Stop
from ferry_cli.wording import t

type Sections = dict[str, dict[str, str]]
"""Sections of items, as engines have them; an item is a text."""

SUFFIXES = (".json", ".yaml", ".yml")


def read(source: Path, references: References) -> Sections:
    """Return the document of a file, or of all files in a folder, its references resolved.

    An item may be a text or an object, which becomes one: engines take JSON in a text.

    Raises:
        Stop: a file cannot be read, or two have the same item.

    """
    files = [source]
    if source.is_dir():
        files = sorted(each for each in source.rglob("*") if each.suffix in SUFFIXES)
    sections: Sections = {}
    for file in files:
        for section, items in _parsed(file).items():
            if not isinstance(items, dict):
                raise Stop(t("{file}: {name} is no map of items").format(file=file, name=section))
            known = sections.setdefault(section, {})
            for name, item in items.items():
                if name in known:
                    told = t("{file}: {section} {name} is there twice")
                    raise Stop(told.format(file=file, section=section, name=name))
                known[name] = _item_text(item, references)
    return sections


def read_variables(file: Path) -> dict[str, str]:
    """Return the variables of an environment: a map of names and values, in YAML or JSON.

    Raises:
        Stop: it is none.

    """
    found = _parsed(file)
    if any(isinstance(value, dict | list | None) for value in found.values()):
        raise Stop(t("{file}: a variable's value is a text or a number").format(file=file))
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in found.items()
    }


def write(folder: Path, document: Sections) -> list[Path]:
    """Write a document into a folder, a JSON file for each section that has items."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for section, items in sorted(document.items()):
        if items:
            file = folder / f"{section}.json"
            shown = {section: {name: _shown(text) for name, text in sorted(items.items())}}
            file.write_text(json.dumps(shown, ensure_ascii=False, indent=2) + "\n", "utf-8")
            written.append(file)
    return written


def same(first: str | None, second: str | None) -> bool:
    """Return whether two items mean the same: engines write JSON in an order of their own."""
    if first is None or second is None:
        return first is second
    return first.strip() == second.strip() or _shown(first) == _shown(second)


def _item_text(item: Any, references: References) -> str:
    """Return an item as a text; references within JSON are resolved value by value.

    A value with a quote or a newline must not break the JSON around it.
    """
    if isinstance(item, str):
        found = _shown(item)
        if not isinstance(found, dict):
            return references.resolved(item)
        item = found
    return json.dumps(_resolved(item, references), ensure_ascii=False)


def _resolved(value: Any, references: References) -> Any:
    if isinstance(value, str):
        return references.resolved(value)
    if isinstance(value, list):
        return [_resolved(element, references) for element in value]
    if isinstance(value, dict):
        return {name: _resolved(member, references) for name, member in value.items()}
    return value


def _shown(text: str) -> Any:
    """Return an item as it reads best: an object where it is one."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, dict) else text


def _parsed(file: Path) -> dict[str, Any]:
    text = file.read_text("utf-8")
    try:
        found = json.loads(text) if file.suffix == ".json" else _yaml(text)
    except ValueError as error:
        raise Stop(f"{file}: {error}") from error
    if not isinstance(found, dict):
        raise Stop(t("{file} is no map of sections").format(file=file))
    return found


def _yaml(text: str) -> Any:
    """Read YAML by its core schema, in which `on` and `2026-11-29` are texts.

    https://yaml.org/spec/1.2.2/#103-core-schema
    """
    import yaml

    resolvers = {
        first: [(tag, rule) for tag, rule in rules if tag not in _NOT_CORE]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    core: Any = type("Core", (yaml.SafeLoader,), {"yaml_implicit_resolvers": resolvers})
    core.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOL, list("tTfF"))
    try:
        return yaml.load(text, Loader=core)  # noqa: S506 - a SafeLoader with fewer types
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


_BOOL = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_NOT_CORE = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge"}
