"""The layer's notices: every package's licence, by name and in full."""

from pathlib import Path

import msgspec
import pytest

from cloud import notices
from local.instance import Failed
from tests.declared import ROOT

SITE = Path(msgspec.__file__).parent.parent


@pytest.fixture
def package(tmp_path):
    def package(name, metadata, **texts):
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n{metadata}\n")
        for file, text in texts.items():
            (folder / file).write_text(text)
        return tmp_path

    return package


@pytest.mark.parametrize(
    ("metadata", "named"),
    [
        ("License-Expression: MIT\nLicense: other", "MIT"),
        ("License: Apache-2.0", "Apache-2.0"),
        ("Classifier: License :: OSI Approved :: BSD License", "BSD License"),
        ("Summary: x", "see below"),
    ],
)
def test_a_licence_is_named_as_the_package_names_it_and_its_text_is_whole(package, metadata, named):
    layer = package("a", metadata, LICENSE="You may copy it.", NOTICE="By Ada.")

    assert notices.write(layer) == 1

    text = (layer / notices.FILE).read_text("utf-8")
    assert f"a 1.0\nLicence: {named}\n\nYou may copy it.\n\nBy Ada." in text


def test_a_package_without_the_text_of_its_licence_is_an_error(package):
    layer = package("a", "License: MIT")

    with pytest.raises(Failed, match=r"a 1\.0 comes without"):
        notices.write(layer)


def test_a_package_may_leave_out_the_text_of_a_licence_that_every_copy_has(package):
    layer = package("a", "License-Expression: MIT OR Apache-2.0")

    notices.write(layer)

    assert "Version 2.0, January 2004" in (layer / notices.FILE).read_text("utf-8")


def test_shared_libraries_that_a_package_brings_are_listed(package):
    layer = package("a", "License: MIT", LICENSE="You may.")
    (layer / "a.libs").mkdir()
    (layer / "a.libs" / "libssl.so.3").touch()

    notices.write(layer)

    assert "a.libs/libssl.so.3" in (layer / notices.FILE).read_text("utf-8")


@pytest.mark.parametrize("layer", ["core", "parquet"])
def test_every_package_of_a_layer_comes_with_its_licence(tmp_path, layer):
    lock = (ROOT / f"layers/{layer}/requirements.txt").read_text("utf-8")
    names = {line.partition("==")[0] for line in lock.splitlines() if "==" in line}
    folders = {
        path.name.partition("-")[0].lower().replace("_", "-"): path
        for path in SITE.glob("*.dist-info")
    }
    for name in names:
        (tmp_path / folders[name.lower()].name).symlink_to(folders[name.lower()])

    assert notices.write(tmp_path) == len(names)
