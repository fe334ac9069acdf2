"""Notes of an upload in parts, so that another run can go on with it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class BegunUpload:
    """An upload in parts that the service has begun.

    Attributes:
        file_key: its name in the service.
        size: of the whole file, in bytes.
        part_bytes: of each part but the last.
        job_path: of the job that imports the file.

    """

    file_key: str
    size: int
    part_bytes: int
    job_path: str

    @property
    def parts(self) -> int:
        """How many parts the file has."""
        return -(-self.size // self.part_bytes)


@dataclass(frozen=True)
class UploadNote:
    """A file with a begun upload; without a path nothing is noted."""

    path: Path | None

    def read(self, size: int) -> BegunUpload | None:
        """Return the upload that is noted, None for none, or for one of a file of another size."""
        if self.path is None or not self.path.exists():
            return None
        try:
            begun = BegunUpload(**json.loads(self.path.read_text("utf-8")))
        except (ValueError, TypeError):  # it was cut short, or another release wrote it
            return None
        return begun if begun.size == size else None

    def write(self, begun: BegunUpload) -> None:
        """Note an upload."""
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.write_text(json.dumps(asdict(begun)), "utf-8")

    def drop(self) -> None:
        """Forget it: the upload is complete."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
