"""The prices of jobs, computed again by hand."""

import pytest

from benchmarks.figures.cost import (
    Measured,
    Shape,
    Speed,
    beside,
    bills,
    ferry_export,
    ferry_import,
    native_export,
    native_import,
)

SHAPE = Shape(item_bytes=400, file_bytes=250)
MILLION = 1_000_000
QUICK, SLOW = Speed(0, 20), Speed(0, 300)


def test_an_export_pays_for_reading_twice():
    bill = ferry_export(MILLION, SHAPE, QUICK)

    assert bill.seconds == 20
    # 800 MB in units of 4 KB, and 48 parts, and a checkpoint each two seconds
    assert bill.table == pytest.approx((800e6 / 4096) * 0.125e-6 + 2 * 58 * 0.625e-6)
    assert bill.functions == pytest.approx(20 * 1769 / 1024 * 0.0000133334 + 9 * 0.2e-6)


def test_starting_is_paid_for_once():
    assert ferry_export(10_000, SHAPE, Speed(0.5, 20)).seconds == pytest.approx(0.7)
    assert ferry_export(MILLION, SHAPE, Speed(0.5, 20)).seconds == pytest.approx(20.5)


def test_an_import_pays_a_unit_for_each_row():
    bill = ferry_import(MILLION, SHAPE, QUICK)

    assert bill.table == pytest.approx(0.625, rel=0.01)


def test_a_row_over_a_kilobyte_takes_more_units():
    assert ferry_import(MILLION, Shape(1100, 900), QUICK).table == pytest.approx(1.25, rel=0.01)


def test_an_import_takes_as_long_as_the_table_needs():
    assert ferry_import(MILLION, SHAPE, QUICK).seconds == 62.5
    assert ferry_import(MILLION, SHAPE, SLOW).seconds == 300


def test_dynamodbs_own_export_is_billed_by_the_table_and_import_by_the_file():
    assert native_export(MILLION, SHAPE) == pytest.approx(0.04)
    assert native_import(MILLION, SHAPE) == pytest.approx(0.0375)


def test_tables_show_every_size():
    table = bills([10_000, MILLION], SHAPE, ferry_import, QUICK)
    others = beside([10_000, MILLION], SHAPE, Measured(QUICK, QUICK, 200, 400))

    assert "| 1,000,000 | 62.5 s |" in table
    assert "| 10,000 | 0.6 s |" in table
    assert "3 min of CPU" in others
