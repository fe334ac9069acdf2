"""Find the processor of a build by its compiled libraries."""

from collections.abc import Iterator
from pathlib import Path

from local.instance import Failed

_ELF = b"\x7fELF"
_BIG_ENDIAN = 2
_HEADER = 20  # up to and with e_machine
_MACHINES = {62: "x86_64", 183: "arm64"}
"""e_machine by the generic ABI of ELF (EM_X86_64, EM_AARCH64), as Lambda names the architecture."""
_LIBRARIES = {".so", ".dylib", ".pyd"}


def check(folder: Path, architecture: str) -> int:
    """Return the number of compiled libraries below `folder`; all are for `architecture`.

    SAM picks the wheels when it builds and names the architecture when it deploys, each from its
    own parameters. Where they differ, functions start with libraries that cannot be loaded.

    Raises:
        Failed: a library is for another architecture, or there is none at all.

    """
    found = dict(_libraries(folder))
    wrong = {path: kind for path, kind in found.items() if kind != architecture}
    if wrong:
        path, kind = min(wrong.items())
        raise Failed(
            f"{len(wrong)} of {len(found)} compiled libraries are not for {architecture}; "
            f"{path.relative_to(folder)} is for {kind}.\n"
            f"Nothing was deployed. Build anew: make build ARCH={architecture}"
        )
    if not found:
        raise Failed(f"{folder} has no compiled library: run make build ARCH={architecture}")
    return len(found)


def _libraries(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each compiled library and the architecture that it is for."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                header = file.read(_HEADER)
            if header.startswith(_ELF) and len(header) == _HEADER:
                yield path, _machine(header)
            elif path.suffix in _LIBRARIES:
                yield path, "another operating system"


def _machine(header: bytes) -> str:
    """The architecture of an ELF file; EI_DATA, its sixth byte, is the order of bytes."""
    number = int.from_bytes(header[18:20], "big" if header[5] == _BIG_ENDIAN else "little")
    return _MACHINES.get(number, f"machine {number}")
