"""No secret leaves with a comparison or an error."""

import pytest

from ferry.errors import InvalidItem
from ferry.kuiper.diff import as_data, as_text, changes
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.kuiper.items.installable import FileFault, FileStage, Installable, check_files
from ferry.kuiper.items.plugins import read_portable
from ferry.kuiper.masking import masked, public_uri

CANARY = "canary-1234"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{{"saslPassword" : "{CANARY}","qos":1}}', '{"saslPassword" : "******","qos":1}'),
        (f'{{"a":{{"api_key":"{CANARY}\\"x","b":"c"}}}}', '{"a":{"api_key":"******","b":"c"}}'),
        (f'{{"accessToken":"{CANARY}"', '{"accessToken":"******"'),
        ('{"username":"u","topic":"password"}', '{"username":"u","topic":"password"}'),
        ('"password": 1, "password', '"password": 1, "password'),
        ("CREATE STREAM demo ()", "CREATE STREAM demo ()"),
    ],
)
def test_values_of_secrets_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_comparisons_have_no_secrets() -> None:
    before = Document({Section.CONNECTION_CONFIG: {"mqtt": f'{{"c":{{"password":"{CANARY}"}}}}'}})
    rule = f'{{"sql":"SELECT 1","actions":[{{"mqtt":{{"password":"{CANARY}"}}}}]}}'
    after = Document(
        {
            Section.CONNECTION_CONFIG: {"mqtt": '{"c":{"password":"canary-1234-new"}}'},
            Section.RULES: {"r": rule},
        }
    )

    found = changes(before, after)

    assert len(found) == 2
    assert CANARY not in as_text(found)
    assert CANARY not in str(as_data(found))


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        (f"https://u:{CANARY}@host:8443/a.zip?sig={CANARY}#x", "https://host:8443/a.zip"),
        (f"https://{CANARY}@host", "https://host"),
        (f"https://host/a@b.zip?{CANARY}", "https://host/a@b.zip"),
        ("file:///tmp/a.zip", "file:///tmp/a.zip"),
        ("a.zip", "a.zip"),
    ],
)
def test_errors_name_scheme_host_and_path(uri: str, shown: str) -> None:
    assert public_uri(uri) == shown
    with pytest.raises(InvalidItem) as refused:
        check_files(
            Installable(key="k", name="k", text="", files=(uri,)),
            {uri: FileFault(FileStage.DOWNLOAD, "404")},
        )
    assert str(refused.value) == f"fail to download file {shown}: 404"


def test_a_uri_that_is_refused_is_named_without_its_query() -> None:
    with pytest.raises(InvalidItem) as refused:
        read_portable("p", f'{{"name":"p","file":"https://host/a.exe?{CANARY}"}}')
    assert str(refused.value) == "invalid uri https://host/a.exe"
