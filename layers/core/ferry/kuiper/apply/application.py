"""An import as a pure function (contract configurations#principles)."""

from collections.abc import Callable, Iterator, Mapping

from ferry.errors import InvalidItem
from ferry.kuiper.apply.draft import Applied, Draft, Fetched
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.apply.place.conf_keys import place_config
from ferry.kuiper.apply.place.install import INSTALL_SECTIONS, place_install, read_install
from ferry.kuiper.apply.place.rule_item import place_rule
from ferry.kuiper.apply.place.source_item import place_source
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import CONFIG_SECTIONS, SOURCE_SECTIONS, Section, Wire

MAX_TEXT = 1_000_000
"""The longest statement, rule, plugin or service, in characters."""
MAX_LONG_TEXT = 16_000_000
"""The longest text of a section whose items hold content of their own."""

_LONG = frozenset({*CONFIG_SECTIONS, Section.SCHEMA, Section.UPLOADS, Section.SCRIPTS})

type _Place = Callable[[Draft, Section, str, str], None]
_PLACES: Mapping[Section, _Place] = {
    Section.RULES: place_rule,
    **dict.fromkeys(SOURCE_SECTIONS, place_source),
    **dict.fromkeys(CONFIG_SECTIONS, place_config),
    **dict.fromkeys(INSTALL_SECTIONS, place_install),
}
_ORDER = (
    *CONFIG_SECTIONS,
    Section.UPLOADS,
    Section.NATIVE_PLUGINS,
    Section.SCHEMA,
    Section.PORTABLE_PLUGINS,
    Section.SERVICE,
    Section.SCRIPTS,
    *SOURCE_SECTIONS,
    Section.RULES,
)
"""The engine's order of a partial import; a full one's differs in nothing that shows.

Rules come last: they are planned on the streams of the same import.
Source: contract configurations#partial.
"""


def apply(
    current: Document,
    imported: Document,
    mode: Mode,
    *,
    wire: Wire = Wire.SEED,
    fetched: Fetched | None = None,
) -> Applied:
    """Apply an import to `current` and return the next document; neither is changed.

    An item that fails is reported and left out, the others apply; so this raises nothing.

    Args:
        current: the configuration in force; a full import replaces it.
        imported: the document of the request.
        mode: full or partial.
        wire: under v2, properties of old versions get their present names (`document/legacy.py`).
        fetched: what became of the files of `files_wanted`; one it does not know is not checked.

    """
    draft = Draft(current, mode, wire, fetched or Fetched())
    for section, key, text in _in_order(imported):
        try:
            _check_length(section, text)
            _PLACES[section](draft, section, key, text)
        except InvalidItem as fault:
            # One bad rule must not keep back a hundred good ones.
            draft.fail(section, key, fault)
    return draft.applied()


def files_wanted(
    current: Document, imported: Document, mode: Mode, *, wire: Wire = Wire.SEED
) -> tuple[str, ...]:
    """Return the URIs to fetch before `apply`, each once.

    Items that would be skipped, or that fail without a file already, ask for none.
    """
    # A full import begins with nothing, so every file has to be fetched anew.
    base = current if mode is Mode.PARTIAL else Document()
    wanted: dict[str, None] = {}
    for section in INSTALL_SECTIONS:
        for key, text in imported[section].items():
            try:
                _check_length(section, text)
                item = read_install(base, section, key, text, wire)
            except InvalidItem:
                continue
            wanted.update(dict.fromkeys(item.files if item else ()))
    return tuple(wanted)


def _in_order(imported: Document) -> Iterator[tuple[Section, str, str]]:
    for section in _ORDER:
        for key, text in imported[section].items():
            yield section, key, text


def _check_length(section: Section, text: str) -> None:
    limit = MAX_LONG_TEXT if section in _LONG else MAX_TEXT
    if len(text) > limit:
        raise InvalidItem(f"the text is {len(text)} characters long, more than {limit}")
