"""The document of an import: in the request itself, or behind its URI."""

import hashlib

import msgspec

from ferry.configurations.config_job import ConfigRequest, Form
from ferry.configurations.yaml_text import read_yaml
from ferry.errors import Malformed, Unfetchable
from ferry.fetch.fetcher import Fetcher, OnBlock
from ferry.kuiper.document.decoding import decode_import
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import RULESET_SECTIONS, Wire
from ferry.kuiper.envelope import read_source
from ferry.kuiper.export.ruleset import ruleset_of
from ferry.kuiper.export.structured import from_structured

MAX_DOCUMENT_BYTES = 52_428_800
"""The largest document that a URI may lead to: 50 MB. Of a request it is the body's limit."""


class Import(msgspec.Struct, frozen=True):
    """A request with the document it brings.

    Attributes:
        sha256: of the document as it came.
        ignored: what else the request held, and that it was ignored.

    """

    request: ConfigRequest
    document: Document
    sha256: str
    ignored: tuple[str, ...] = ()


def read_import(request: ConfigRequest, body: bytes, fetcher: Fetcher, on_block: OnBlock) -> Import:
    """Return the import that the request asks for.

    Args:
        request: how to import.
        body: of the request, as `ferry.kuiper.envelope` reads it.
        fetcher: gets what a URI names.
        on_block: called with every block that comes.

    Raises:
        Malformed: the document cannot be had or cannot be read as a whole.

    """
    source = read_source(body, request.wire)
    content: str | bytes = source.content
    if source.file:
        content = _fetched(source.file, request.wire, fetcher, on_block)
    sha256 = _checked_sum(content, request.sha256)
    if request.form is Form.STRUCTURED:
        document, ignored = from_structured(read_yaml(content))
        return Import(request, document, sha256, ignored)
    document, ignored = decode_import(content)
    if request.form is Form.RULESET:
        others = [name for name in document.texts() if name not in RULESET_SECTIONS]
        ignored += tuple(f'"{name}" is no part of a ruleset and was ignored' for name in others)
        document = ruleset_of(document)
    return Import(request, document, sha256, ignored)


def _checked_sum(content: str | bytes, wanted: str) -> str:
    as_it_came = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    found = hashlib.sha256(as_it_came).hexdigest()
    if wanted and found != wanted:
        raise Malformed(
            f"the document is not the one that was asked for: its SHA-256 is {found}, not {wanted}"
        )
    return found


def _fetched(uri: str, wire: Wire, fetcher: Fetcher, on_block: OnBlock) -> bytes:
    try:
        return fetcher.read(uri, limit=MAX_DOCUMENT_BYTES, on_block=on_block)
    except Unfetchable as fault:
        prefix = "Fail to read file: " if wire is Wire.SEED else ""
        raise Malformed(f"{prefix}{fault}") from fault
