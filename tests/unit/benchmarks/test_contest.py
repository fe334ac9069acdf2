"""Runs are started as the template would start them."""

import msgspec
import pytest

from benchmarks.data.table import FIELDS
from benchmarks.runs.contest import CASES, NODE, PYTHON, SETTINGS, VARIANTS
from ferry.config import Settings
from tests.declared import ROOT


def test_ferry_is_told_every_setting_that_has_no_default():
    needed = {field.name for field in msgspec.structs.fields(Settings) if field.required}

    assert needed <= set(SETTINGS)


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=list(VARIANTS))
def test_every_variant_has_its_file_and_does_its_cases(variant):
    folder = ROOT / "benchmarks" / "variants"
    (file,) = [
        path
        for name in (f"{variant.name}.py", f"{variant.name}.cjs", f"{variant.name}/__init__.py")
        if (path := folder / name).exists()
    ]
    text = file.read_text("utf-8")

    assert (file.suffix == ".cjs") == (variant.program == NODE)
    assert all(case in text for case in variant.cases)


def test_the_script_in_javascript_writes_the_same_columns():
    text = (ROOT / "benchmarks" / "variants" / "aws_sdk_js.cjs").read_text("utf-8")

    assert all(f'"{name}"' in text for name in FIELDS)


def test_slow_variants_get_fewer_rows():
    assert VARIANTS["ferry"].most_rows("import_csv") > VARIANTS["awswrangler"].most_rows(
        "import_csv"
    )
    assert VARIANTS["ferry"].program == PYTHON
    assert set(VARIANTS["ferry"].cases) == set(CASES)
