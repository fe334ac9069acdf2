import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.aws.attributes import encode_item
from ferry.records.reading.row_filter import RowFilter
from ferry.tables.row_permissions import RowUser

USER = RowUser(7)
ENTRIES = st.sampled_from(
    ["user:*", "user:anonymous", "user:7", "user:77", "user:{created_by}", "gid:7", "", "user:"]
)
PERMISSIONS = st.lists(ENTRIES, max_size=4)


@given(PERMISSIONS, PERMISSIONS, st.sampled_from([7, 77]))
def test_who_may_change_a_row_may_read_it(read, write, created_by):
    row = {"read_perm": read, "write_perm": write, "created_by": created_by}

    assert USER.writes(row) <= USER.reads(row)


@given(PERMISSIONS, st.sampled_from([7, 77]))
def test_a_row_is_either_shown_or_hidden(read, created_by):
    row = encode_item({"read_perm": read, "write_perm": [], "created_by": created_by})

    assert RowFilter(USER).admits(row) is not RowFilter(USER, hidden=True).admits(row)


@pytest.mark.parametrize("permissions", [None, "user:*", {"user:*": True}, [["user:*"]], [7]])
def test_what_is_no_list_of_names_names_nobody(permissions):
    assert not USER.reads({"read_perm": permissions, "created_by": 7})
