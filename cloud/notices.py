"""The notices of the packages that a layer holds, which their licences ask to be passed on."""

from importlib.metadata import Distribution
from pathlib import Path

from local.instance import Failed

FILE = "THIRD-PARTY-NOTICES.txt"

_KNOWN = Path(__file__).parent / "licences"
"""Texts of licences by their SPDX names, for packages that name one and come without it."""

_TEXTS = ("LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*")
_CLASSIFIER = "License :: OSI Approved :: "


def write(layer: Path) -> int:
    """Write the licence and notice files of every package in `layer` into one; return their number.

    They are taken from the packages as they were built, so none can be left out or out of date.

    Raises:
        Failed: a package comes without its licence's text.

    """
    notices = [_notice(folder) for folder in sorted(layer.glob("*.dist-info"))]
    head = "This layer contains the following packages. Each is under its own licence.\n"
    (layer / FILE).write_text("\n".join([head, *notices, *_bundled(layer)]), "utf-8")
    return len(notices)


def _bundled(layer: Path) -> list[str]:
    """List the shared libraries that wheels bring along, without the texts of their licences."""
    libraries = sorted(str(path.relative_to(layer)) for path in layer.glob("*.libs/*"))
    head = "Shared libraries within the packages above, each under the licence of its own project:"
    return ["=" * 80, head, "", *libraries, ""] if libraries else []


def _notice(folder: Path) -> str:
    package = Distribution.at(folder)
    texts = sorted({path for name in _TEXTS for path in folder.rglob(name) if path.is_file()})
    texts = texts or [
        path for path in _KNOWN.glob("*.txt") if path.stem in _licence(package).split()
    ]
    if not texts:
        raise Failed(f"{package.name} {package.version} comes without the text of its licence")
    head = f"{package.name} {package.version}\nLicence: {_licence(package)}"
    bodies = [path.read_text("utf-8", errors="replace").strip() for path in texts]
    return "\n\n".join(["=" * 80, head, *bodies, ""])


def _licence(package: Distribution) -> str:
    """Name a licence as the package's metadata do, in the newest of their three ways.

    https://packaging.python.org/en/latest/specifications/core-metadata/#license-expression
    """
    metadata = package.metadata.json
    classified = [
        name.removeprefix(_CLASSIFIER)
        for name in metadata.get("classifier", [])
        if name.startswith(_CLASSIFIER)
    ]
    named = metadata.get("license_expression") or metadata.get("license") or ", ".join(classified)
    return str(named or "see below").splitlines()[0]
