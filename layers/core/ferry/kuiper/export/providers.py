"""Find the plugin or service that provides a source, sink or function.

Source: contract configurations#dependencies.

The engine asks its runtime. Here it is given what each archive was found to hold; of an archive it
knows nothing about, that it holds what its own name says.
"""

from collections.abc import Iterator

from ferry.errors import InvalidJson
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.kuiper.items.archive import Provided
from ferry.kuiper.items.plugins import provided_by


def providers(
    document: Document, provided: Provided, kind: str, symbol: str
) -> Iterator[tuple[Section, str]]:
    """Yield the items that `symbol` comes from; `kind` is sources, sinks or functions.

    What is built into the engine comes from none.
    """
    if not symbol:
        return
    for section in (Section.NATIVE_PLUGINS, Section.PORTABLE_PLUGINS, Section.SERVICE):
        if section is Section.SERVICE and kind != "functions":
            continue
        for key, text in document[section].items():
            known = provided.get(section, {}).get(key, frozenset())
            if _provides(section, key, text, known, kind=kind, symbol=symbol):
                yield section, key


def _provides(
    section: Section, key: str, text: str, known: frozenset[str], *, kind: str, symbol: str
) -> bool:
    name = key
    if section is Section.NATIVE_PLUGINS:
        prefix, _, name = key.partition("_")
        if prefix != kind:
            return False
    if kind != "functions":
        return symbol == name or symbol in known
    # functions are called in any case
    names = {name, *known, *_declared(section, text)}
    return symbol.lower() in {each.lower() for each in names}


def _declared(section: Section, text: str) -> frozenset[str]:
    try:
        return provided_by(text) if section is Section.NATIVE_PLUGINS else frozenset()
    except InvalidJson:
        return frozenset()
