"""`sam build` of the real template for this machine, only when something it reads has changed."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from local.instance import ENVIRONMENTS, ROOT, architecture, environment
from local.sam import sam

OUTPUT = ENVIRONMENTS / "build"
TEMPLATE = OUTPUT / "template.yaml"
LOCK = ENVIRONMENTS / "build.lock"
SETTINGS = ROOT / "local" / "samconfig.toml"

_MARK = OUTPUT / "inputs"


def build(log: Path) -> str:
    """Build what has changed and return a digest of everything that went in.

    It is kept apart from the `.aws-sam` of a deployment to the cloud, whose architecture differs.

    Raises:
        Failed: the build failed.

    """
    inputs = _digest()
    if not _MARK.exists() or _MARK.read_text() != inputs:
        print("Building the functions and their layer (sam build)", flush=True)
        _MARK.unlink(missing_ok=True)
        run_sam(
            ["build", "--build-dir", str(OUTPUT), "--cache-dir", str(ENVIRONMENTS / "build-cache"),
             "--parameter-overrides", f"Architecture={architecture()}"],
            log, FERRY_ARCHITECTURE=architecture(),
        )  # fmt: skip
        _MARK.write_text(inputs)
    return inputs


def run_sam(arguments: list[str], log: Path, **variables: str) -> None:
    """Run a SAM command for the local engine, its output into `log`.

    Raises:
        Failed: it ended with anything but success.

    """
    settings = ["--config-file", str(SETTINGS)]
    sam([*arguments, *settings], environment(**variables), log)


def _digest() -> str:
    digest = hashlib.sha256(architecture().encode())
    for path in sorted(_inputs()):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _inputs() -> Iterator[Path]:
    yield from (ROOT / "template.yaml", SETTINGS, ROOT / "local" / "requirements-sam.txt")
    for folder in ("functions", "layers"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
