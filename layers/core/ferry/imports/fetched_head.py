"""As much of a file that a URL names as a preview reads."""

from contextlib import closing

from msgspec import structs

from ferry.errors import InvalidFile, Unfetchable
from ferry.fetch.web import Web
from ferry.files.entries import HEAD_BYTES
from ferry.imports.fetched import Remote, not_fetched
from ferry.imports.import_job import ImportOptions
from ferry.imports.import_options import Upload
from ferry.imports.source import Source

_FETCH_S = 20.0
"""The caller waits, and an HTTP API for 30 seconds."""


def fetched_head(remote: Remote, options: ImportOptions, *, web: Web, most_bytes: int) -> Upload:
    """Return a file of the web, or its first part where that is enough for a preview.

    Raises:
        InvalidFile: it cannot be had, or is larger than `most_bytes` and read as a whole only.

    """
    source = Source(remote.name, options, lambda _: iter(()), most_bytes=0)
    limit = HEAD_BYTES if source.tells_by_its_head else most_bytes + 1
    content = bytearray()
    quick = structs.replace(web, seconds=_FETCH_S)
    try:
        # Closed amid the file: what is not needed is not fetched.
        with closing(quick.blocks(remote.url)) as blocks:
            for block in blocks:
                content += block
                if len(content) >= limit:
                    break
    except Unfetchable as fault:
        raise not_fetched(remote.url, fault) from fault
    if len(content) > most_bytes and not source.tells_by_its_head:
        raise InvalidFile(
            f"the file is larger than {most_bytes:,} bytes, and of a kind that is read as a whole: "
            "import it without a preview"
        )
    return Upload(remote.name, bytes(content[:limit]))
