"""Items that are stored unchanged and may need files first."""

from collections.abc import Mapping
from enum import Enum
from urllib.parse import urlsplit

import msgspec

from ferry.errors import InvalidItem
from ferry.kuiper.masking import public_uri

_SCHEMES_WITH_HOST = frozenset({"http", "https", "s3"})


class Installable(msgspec.Struct, frozen=True, kw_only=True):
    """A readable item.

    Attributes:
        key: what it is stored under: the identity its text declares, whatever key it came under.
        name: what error texts call it.
        text: what is stored.
        files: URIs of what it needs, in order.
        version: of a schema, "" for none.

    """

    key: str
    name: str
    text: str
    files: tuple[str, ...] = ()
    version: str = ""


class FileStage(Enum):
    """The stage at which a file failed."""

    DOWNLOAD = "fail to download file {uri}: {reason}"
    CONTENT = "fail to install plugin: {reason}"


class FileFault(msgspec.Struct, frozen=True):
    """Why a file cannot be had, or cannot be used."""

    stage: FileStage
    reason: str


type FileFaults = Mapping[str, FileFault]
"""Faults of files, by URI; a file that is not here was fetched."""


def check_files(item: Installable, faults: FileFaults) -> None:
    """Raise InvalidItem for the first file that failed (contract configurations#items, case 35)."""
    for uri in item.files:
        if fault := faults.get(uri):
            raise InvalidItem(fault.stage.value.format(uri=public_uri(uri), reason=fault.reason))


def is_fetchable(uri: str) -> bool:
    """Return whether `uri` has a scheme this project fetches and a place in it.

    Source: contract configurations#principles.
    """
    if not uri.isprintable() or " " in uri:
        # urlsplit would drop some of these and let the rest pass
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if parts.scheme == "file":
        return len(parts.path) > 1
    return parts.scheme in _SCHEMES_WITH_HOST and bool(parts.netloc)


def is_archive(uri: str) -> bool:
    """Return whether `uri` may be that of a plugin's or service's archive (case 34)."""
    return is_fetchable(uri) and urlsplit(uri).path.endswith(".zip")
