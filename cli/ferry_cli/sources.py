"""Files that commands are given: a path, or standard input."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ferry_cli.exits import Exit, Stop
from ferry_cli.wording import t
from ferry_cli.world import World


@contextmanager
def opened(world: World, file: str, file_format: str) -> Iterator[tuple[IO[bytes], str]]:
    """Open a file and tell its name, whose suffix tells the format.

    Standard input goes through a temporary file: S3 wants to know the size before the first byte,
    and a broken upload starts anew (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html).
    """
    if file != "-":
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
