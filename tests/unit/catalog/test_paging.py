"""Pages of lists that are cut to what an answer can hold."""

import json

import pytest

from ferry.catalog.paging import ListPage, envelope, fitting_envelope
from ferry.http import MOST_ANSWER_BYTES

ITEM_BYTES = 400 * 1024
LARGE = [{"id": number, "text": '"' * (ITEM_BYTES // 2)} for number in range(40)]


def test_a_page_that_fits_is_as_it_was():
    page = ListPage(limit=2, offset=2)

    assert fitting_envelope([1, 2], page, 9, "/x/") == envelope([1, 2], page, 9, "/x/")
    assert fitting_envelope([], page, 2, "/x/") == envelope([], page, 2, "/x/")


def test_pages_that_are_cut_are_the_whole_list_together_and_each_fits():
    seen, offset = [], 0
    while True:
        page = ListPage(limit=30, offset=offset)
        shown = fitting_envelope(LARGE[offset : page.end], page, len(LARGE), "/x/")
        answer = json.dumps(json.dumps(shown, separators=(",", ":")))
        assert len(answer) <= MOST_ANSWER_BYTES
        seen += [each["id"] for each in shown["objects"]]
        if shown["meta"]["next"] is None:
            break
        offset = int(shown["meta"]["next"].rpartition("=")[2])

    assert seen == [each["id"] for each in LARGE]


@pytest.mark.parametrize("size", [1, 6_000_000])
def test_one_object_is_shown_at_least(size):
    shown = fitting_envelope(["x" * size, 2], ListPage(), 2, "/x/")

    assert shown["objects"][0] == "x" * size
    assert (shown["meta"]["next"] is None) == (size == 1)
