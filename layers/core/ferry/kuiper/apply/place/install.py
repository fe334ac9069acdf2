"""Plugins, services, schemas, uploads and scripts placed into a draft.

Source: contract configurations#principles; cases 32 to 36, 90, 91.

All are stored with or without `stop=1`. In a partial import, what exists is skipped and named.
"""

from collections.abc import Callable, Mapping

from ferry.errors import InvalidItem
from ferry.kuiper.apply.draft import Draft, Skipped
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section, Wire
from ferry.kuiper.identities import check_id
from ferry.kuiper.items.archive import symbols_in
from ferry.kuiper.items.installable import FileStage, Installable, check_files
from ferry.kuiper.items.plugins import read_native, read_portable, read_service
from ferry.kuiper.items.schemas import read_schema
from ferry.kuiper.items.scripts import read_script
from ferry.kuiper.items.upload_item import read_upload

_READERS: Mapping[Section, Callable[[str, str], Installable]] = {
    Section.NATIVE_PLUGINS: read_native,
    Section.PORTABLE_PLUGINS: read_portable,
    Section.SERVICE: read_service,
    Section.SCHEMA: read_schema,
    Section.UPLOADS: read_upload,
    Section.SCRIPTS: read_script,
}
INSTALL_SECTIONS = tuple(_READERS)
_REPLACED = frozenset({Section.UPLOADS, Section.SCRIPTS})
"""Sections whose items replace those installed before."""


def place_install(draft: Draft, section: Section, key: str, text: str) -> None:
    """Put an item into the draft, or skip it.

    Raises:
        InvalidItem: it is invalid, a duplicate, or its file cannot be had.

    """
    item = read_install(draft.base, section, key, text, draft.wire)
    if item is None:
        draft.skip(section, key, Skipped.EXISTS)
        return
    _check_twin(draft, section, item)
    check_files(item, draft.fetched.faults)
    _check_archives(draft, section, item)
    draft.put(section, item.key, item.text, item.files)


def read_install(
    base: Document, section: Section, key: str, text: str, wire: Wire
) -> Installable | None:
    """Return the item, or None if `base` has one of its key that it does not replace.

    Raises:
        InvalidItem: it is not as it must be.

    """
    installed = () if section in _REPLACED else base[section]
    if key in installed:
        return None
    item = _READERS[section](key, text)
    if section is Section.SERVICE:
        check_id(item.name, wire)
    return None if item.key in installed else item


def _check_archives(draft: Draft, section: Section, item: Installable) -> None:
    for archive in filter(None, map(draft.fetched.archives.get, item.files)):
        try:
            draft.provide(section, item.key, symbols_in(section, item, archive))
        except InvalidItem as fault:
            raise InvalidItem(FileStage.CONTENT.value.format(reason=fault)) from fault


def _check_twin(draft: Draft, section: Section, item: Installable) -> None:
    """Refuse an item that another of the same import, under another key, has made already."""
    twin = draft.sections[section].get(item.key)
    if twin is None or section in _REPLACED:
        return
    if section is Section.SCHEMA:
        version = read_schema(item.key, twin).version
        if version and item.version <= version:
            raise InvalidItem(
                f"schema {item.name} already registered with a newer version {version}"
            )
    elif section is Section.SERVICE:
        raise InvalidItem(f"service {item.name} exist")
    else:
        raise InvalidItem(f"invalid name {item.name}: duplicate")
