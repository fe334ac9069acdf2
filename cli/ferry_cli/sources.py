"""Files that commands are given: a path, or standard input; and uploads of them that broke off."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from ferry_cli.exits import Exit, Stop
from ferry_cli.wording import t
from ferry_cli.world import World

STDIN = "-"
_KEPT_S = 2 * 86_400
"""The service keeps the parts of an upload for so long."""


@contextmanager
def opened(world: World, file: str, file_format: str) -> Iterator[tuple[IO[bytes], str]]:
    """Open a file and tell its name, whose suffix tells the format.

    Standard input goes through a temporary file: the store wants to know the size before the first
    byte, and a part that breaks off is sent again.
    """
    if file != STDIN:
        path = Path(file)
        with path.open("rb") as stream:
            yield stream, f"{path.name}.{file_format}" if file_format else path.name
        return
    if not file_format:
        raise Stop(
            t("standard input has no name to tell its format"),
            code=Exit.WRONG_USE,
            advice="--format csv",
        )
    import shutil
    from tempfile import TemporaryFile

    with TemporaryFile() as kept:
        shutil.copyfileobj(world.bytes_in, kept)
        kept.seek(0)
        yield kept, f"stdin.{file_format}"


def upload_note(
    world: World, url: str, table: int, file: str, options: Mapping[str, Any]
) -> Path | None:
    """Return where an upload of a file is noted, so that the same command goes on with it.

    The name tells the service, the table, the file as it is now, and the options. Standard input
    has no note: it does not come twice.
    """
    if file == STDIN:
        return None
    import hashlib
    import json
    import time

    path, folder = Path(file).resolve(), world.folder / "uploads"
    known = path.stat()
    told = [url, table, str(path), known.st_size, known.st_mtime_ns, sorted(options.items())]
    for old in folder.glob("*.json"):
        if old.stat().st_mtime < time.time() - _KEPT_S:
            old.unlink(missing_ok=True)
    return folder / f"{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]}.json"
