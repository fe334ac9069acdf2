"""Stored jobs stay readable: no member is removed, or changes its type or default.

`stored_jobs.yaml` has it all. A member that is new is added there, with a value that is not its
default; see "Change what a job stores" in CONTRIBUTING.
"""

from pathlib import Path

import msgspec
import pytest
import yaml

from ferry.aws.attributes import decode_item, encode_item
from ferry.exports.segment_job import SEGMENTS
from ferry.jobs.job_items import job_members, read
from ferry.mail.notices import KINDS as TOLD

KINDS = {**TOLD, SEGMENTS.operation: SEGMENTS}
STORED = yaml.safe_load(Path(__file__).with_name("stored_jobs.yaml").read_text("utf-8"))

kind = pytest.mark.parametrize("name", KINDS)


def _read(name):
    return read({"job": {"M": encode_item(STORED["jobs"][name])}}, KINDS[name].job)


@kind
def test_a_stored_job_is_read_and_written_back_as_it_was(name):
    job = _read(name)

    assert job is not None
    assert decode_item(job_members(job)) == STORED["jobs"][name]


@kind
def test_every_member_of_a_job_is_among_the_stored_ones(name):
    assert list(_left_at_default(_read(name), name)) == []


def test_no_default_of_what_is_not_stored_has_changed():
    structs = {type(value).__name__: type(value) for n in KINDS for value in _structs(_read(n))}
    kept = {n: s for n, s in structs.items() if s.__struct_config__.omit_defaults}

    assert {name: _defaults(struct) for name, struct in kept.items()} == STORED["defaults"]


@pytest.mark.parametrize("name", STORED["defaults"])
def test_what_is_not_stored_cannot_be_misread_by_a_release_that_does_not_know_it(name):
    (struct,) = {type(v) for n in KINDS for v in _structs(_read(n)) if type(v).__name__ == name}

    assert struct.__struct_config__.forbid_unknown_fields


def _structs(value):
    if isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from _structs(getattr(value, name))


def _left_at_default(value, path):
    for field in msgspec.structs.fields(value):
        member = getattr(value, field.name)
        if (
            not field.required
            and member == _default(field)
            and field.name not in {"version", "checkpoint"}
        ):
            yield f"{path}.{field.name}"
        if isinstance(member, msgspec.Struct):
            yield from _left_at_default(member, f"{path}.{field.name}")


def _defaults(struct):
    optional = [field for field in msgspec.structs.fields(struct) if not field.required]
    return msgspec.json.decode(msgspec.json.encode({f.name: _default(f) for f in optional}))


def _default(field):
    return field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
