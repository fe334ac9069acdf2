"""The required content of archives, kind by kind."""

import json

import pytest

from ferry.errors import InvalidItem
from ferry.kuiper.document.sections import Section
from ferry.kuiper.items.archive import Archive, symbols_in
from ferry.kuiper.items.installable import Installable

MISSING = "invalid zip file: so file or conf file is missing"
PROTO = """syntax = "proto3";
service Things {
  // rpc hidden (A) returns (B);
  rpc get_status (A) returns (B) {}
  rpc Turn(A) returns (B);
}
"""


def archive(**texts: object) -> Archive:
    """Return an archive of members by name, `.` written as `__`; texts that are none are JSON."""
    members = {name.replace("__", "."): text for name, text in texts.items()}
    written = {n: t if isinstance(t, str) else json.dumps(t) for n, t in members.items()}
    return Archive(frozenset(written), written)


def item(key: str) -> Installable:
    return Installable(key=key, name=key.rpartition("_")[2], text="")


@pytest.mark.parametrize(
    ("key", "names", "complete"),
    [
        ("functions_image", ["image.so"], True),
        ("functions_image", ["Image@v1.0.0.so"], True),
        ("functions_image", ["images.so"], False),
        ("functions_image", ["lib/image.so"], False),
        ("functions_image", ["image.json", "image.yaml"], False),
        ("sinks_tdengine", ["Tdengine.so"], True),
        ("sources_video", ["Video.so"], False),
        ("sources_video", ["video.so", "video.yaml"], True),
        ("sources_video", ["video.yaml"], False),
    ],
)
def test_a_native_plugin_needs_its_library_and_a_source_its_configuration(key, names, complete):
    found = Archive(frozenset(names), {})

    if complete:
        assert symbols_in(Section.NATIVE_PLUGINS, item(key), found) == frozenset()
    else:
        with pytest.raises(InvalidItem, match=f"^{MISSING}$"):
            symbols_in(Section.NATIVE_PLUGINS, item(key), found)


def test_a_portable_plugin_provides_what_its_description_names() -> None:
    described = {"executable": "p.py", "sources": ["a"], "sinks": ["b"], "functions": ["c", "d"]}
    found = archive(p__json=described, p__py="")

    assert symbols_in(Section.PORTABLE_PLUGINS, item("p"), found) == frozenset("abcd")


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"p__py": ""}, "p.json is missing"),
        ({"p__json": "x"}, "invalid character 'x'"),
        ({"p__json": {"executable": "p.py", "functions": ["f"]}}, "the executable p.py is missing"),
        ({"p__json": {"functions": ["f"]}, "p__py": ""}, "the executable  is missing"),
        ({"p__json": {"executable": "p.py"}, "p__py": ""}, "names no source, sink or function"),
        ({"p__json": {"executable": 5}}, "cannot unmarshal number"),
    ],
)
def test_a_portable_plugin_that_could_not_run_is_refused(members, reason):
    with pytest.raises(InvalidItem, match=reason):
        symbols_in(Section.PORTABLE_PLUGINS, item("p"), archive(**members))


def test_a_service_provides_its_functions_and_the_methods_of_its_schemas() -> None:
    interface = {
        "schemaFile": "x.proto",
        "functions": [{"name": "state", "serviceName": "get_status"}, {"name": "more"}, 5],
    }
    described = {"interfaces": {"i": interface, "j": {}, "k": None}}
    found = archive(s__json=described, **{"schemas/x__proto": PROTO})

    symbols = symbols_in(Section.SERVICE, item("s"), found)

    assert symbols == {"state", "more", "Turn"}


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "s.json is missing"),
        ({"s__json": []}, "s.json has no interfaces"),
        ({"s__json": {"interfaces": {}}}, "s.json has no interfaces"),
        (
            {"s__json": {"interfaces": {"i": {"schemaFile": "x.proto"}}}},
            "schemas/x.proto is missing",
        ),
        ({"s__json": {"interfaces": {"i": {"functions": 5}}}}, "functions are no list"),
    ],
)
def test_a_service_that_could_not_be_called_is_refused(members, reason):
    with pytest.raises(InvalidItem, match=reason):
        symbols_in(Section.SERVICE, item("s"), archive(**members))


def test_a_function_is_left_out_where_every_interface_renames_it() -> None:
    renamed = {"schemaFile": "a.proto", "functions": [{"name": "on", "serviceName": "Turn"}]}
    whole = {"schemaFile": "a.proto"}
    members = {"s.json": {"interfaces": {str(n): renamed for n in range(3000)}}}
    made = archive(**{"s__json": members["s.json"], "schemas/a__proto": PROTO})

    assert symbols_in(Section.SERVICE, item("s"), made) == {"on", "get_status"}

    mixed = {"interfaces": {"a": renamed, "b": whole}}
    made = archive(**{"s__json": mixed, "schemas/a__proto": PROTO})
    assert symbols_in(Section.SERVICE, item("s"), made) == {"on", "get_status", "Turn"}
