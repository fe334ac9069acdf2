import pytest
from hypothesis import given

from ferry.errors import InvalidItem
from ferry.kuiper.items.installable import is_archive, is_fetchable
from ferry.kuiper.items.plugins import read_native, read_portable, read_service
from ferry.kuiper.items.schemas import read_schema
from ferry.kuiper.items.scripts import read_script
from ferry.kuiper.items.upload_item import read_upload, stays_inside
from tests.unit.kuiper.strategies import fault_of, json_like


@pytest.mark.parametrize(
    ("uri", "fetchable"),
    [
        ("https://h/a.zip", True),
        ("http://h/a.zip", True),
        ("s3://bucket/a.zip", True),
        ("file:///a.zip", True),
        ("HTTPS://h/a.zip", True),
        ("ftp://h/a.zip", False),
        ("/tmp/a.zip", False),
        ("http:///a.zip", False),
        ("http://[", False),
        ("file://", False),
        ("http://h/a\n.zip", False),
        ("http://h/ a.zip", False),
        ("", False),
    ],
)
def test_uri_is_fetchable(uri: str, *, fetchable: bool) -> None:
    assert is_fetchable(uri) is fetchable
    assert is_archive(uri) is fetchable


def test_archive_is_a_zip_whatever_signs_its_url() -> None:
    assert is_archive("https://bucket.s3.amazonaws.com/a.zip?X-Amz-Signature=1")
    assert not is_archive("https://h/a.tar?x=.zip")


def test_plugin_is_stored_as_the_engine_serialises_it() -> None:
    item = read_native(
        "functions_image",
        '{"file": "https://h/a.zip", "name": "image", "shellParas": [], "functions": ["r", "t"]}',
    )
    assert item.key == "functions_image"
    assert item.text == '{"name":"image","file":"https://h/a.zip","functions":["r","t"]}'
    assert item.files == ("https://h/a.zip",)


@pytest.mark.parametrize(
    ("key", "stored_under"),
    [
        ("sinks_x", "sinks_p"),
        ("functions_a_b", "functions_p"),
        ("odd_x", "sources_p"),
        ("x", "sources_p"),
    ],
)
def test_native_plugin_is_stored_under_type_and_name(key: str, stored_under: str) -> None:
    assert read_native(key, '{"name":"p","file":"https://h/a.zip"}').key == stored_under


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"name":" ","file":"https://h/a.zip"}', "invalid name : should not be empty"),
        ('{"file":"https://h/a.zip"}', "invalid name : should not be empty"),
        ('{"name":"p"}', "invalid uri "),
        ('{"name":"p","file":"a.zip"}', "invalid uri a.zip"),
        ("", "unexpected end of JSON input"),
        (
            '{"name":1}',
            "json: cannot unmarshal number into Go struct field IOPlugin.name of type string",
        ),
    ],
)
def test_plugin_is_refused(text: str, fault: str) -> None:
    for read in (read_native, read_portable):
        with pytest.raises(InvalidItem) as refused:
            read("sources_p", text)
        assert str(refused.value) == fault


def test_service() -> None:
    item = read_service("key", '{"name":"s","file":"file:///s.zip"}')
    assert (item.key, item.files) == ("s", ("file:///s.zip",))
    with pytest.raises(InvalidItem, match=r"^invalid file path x$"):
        read_service("k", '{"name":"s","file":"x"}')


def test_schema() -> None:
    item = read_schema(
        "k", '{"type":"protobuf","name":"a","file":"http://h/a.proto","version":"2"}'
    )
    assert (item.key, item.name, item.version) == ("protobuf_a", "protobuf.a", "2")
    assert item.files == ("http://h/a.proto",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"type":"avro","name":"a"}', "schema type avro not found"),
        ('{"type":"custom","name":"a/b"}', "schema name a/b is invalid"),
        ('{"type":"custom","name":"a..b"}', "schema name a..b is invalid"),
        ('{"type":"custom","name":""}', "schema name  is invalid"),
        ('{"type":"custom","name":"a","soFile":"x"}', "invalid uri x"),
    ],
)
def test_schema_is_refused(text: str, fault: str) -> None:
    with pytest.raises(InvalidItem) as refused:
        read_schema("k", text)
    assert str(refused.value) == fault


def test_upload_prefers_its_file() -> None:
    item = read_upload("k", '{"Name":"a/b.txt","content":"x","FILE":"file:///b"}')
    assert (item.key, item.files) == ("a/b.txt", ("file:///b",))
    with pytest.raises(InvalidItem, match=r"^invalid uri x$"):
        read_upload("k", '{"name":"a","file":"x"}')


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/a", "..", ".", "a\\..\\..\\b", "a\x00b"])
def test_upload_cannot_leave_its_folder(name: str) -> None:
    assert not stays_inside(name)


@pytest.mark.parametrize(
    "script",
    ["function area(x) {}", "function* area(){}", "var area = (x) => x", "area=function(){}"],
)
def test_script_that_defines_its_function(script: str) -> None:
    assert read_script("area", f'{{"script":"{script}"}}').key == "area"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "x",
            "fail to unmarshal the script area: "
            "invalid character 'x' looking for beginning of value",
        ),
        ('{"id":"area"}', 'cannot find function "area" in script'),
        (f'{{"script":"function{" " * 100_000}x"}}', 'cannot find function "area" in script'),
        ('{"script":"function areas(){}"}', 'cannot find function "area" in script'),
        ('{"script":"myarea = 1; x.area = 2"}', 'cannot find function "area" in script'),
    ],
)
def test_script_is_refused(text: str, fault: str) -> None:
    with pytest.raises(InvalidItem) as refused:
        read_script("area", text)
    assert str(refused.value) == fault


@given(json_like)
def test_any_text_is_an_item_or_refused(text: str) -> None:
    for read in (read_native, read_portable, read_service, read_schema, read_upload, read_script):
        fault_of(lambda text, read=read: read("key", text), text, InvalidItem)  # type: ignore[misc]
