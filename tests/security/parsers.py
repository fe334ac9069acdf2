"""Every reader of what comes from outside, with a few inputs to begin from."""

import contextlib
import gzip
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from ferry.configurations.yaml_text import read_yaml
from ferry.configurations.zips import read_archive
from ferry.errors import FerryError
from ferry.fetch.native_export import native_export
from ferry.files.entries import HEAD_BYTES
from ferry.files.format import Means
from ferry.files.formats import FORMATS
from ferry.files.options import AS_WRITTEN
from ferry.files.parquet.footers import remainder
from ferry.files.unpacking import Allowance, gunzip
from ferry.imports.mapping_request import with_mapping
from ferry.imports.multipart import sent_form
from ferry.kuiper.document.configs import read_conf_keys
from ferry.kuiper.document.decoding import decode_import
from ferry.kuiper.envelope import read_rule_ids, read_source
from ferry.kuiper.gojson.go_reader import read as read_go
from ferry.kuiper.rules.rule import read_rule
from ferry.kuiper.sql.ddl.create import is_create, parse_source
from ferry.kuiper.sql.query.calls import functions_called
from ferry.kuiper.sql.query.select import parse_select
from ferry.tables.values import InvalidValue, parse_json
from ferry.tables.where import compile_where
from tests.unit.files.files import blocks, entries
from tests.unit.goods import GOODS
from tests.workbooks import archive, workbook

_MOST_BYTES = 1 << 24
_SAMPLES = Path(__file__).parents[1] / "unit" / "files"
_CSV = (
    b'name,price,amount,on\r\n"a ""b""\n",1.5,7,true\r\nc,,x,\r\n',
    b"\xef\xbb\xbfname;amount\r\na;1.000,5\r\n",
    b"sep=\t\nname\tamount\n1\t2\n",
    "name,amount\r\n牛奶,12\r\n".encode("utf-16"),
    "名称,数量\r\n牛奶,12\r\n".encode("gb18030"),
)
_JSON = (
    b'[{"name":"a","price":1.50,"desc":["x"],"obj":{"k":null}},{"name":2}]',
    b'{"rows":[{"name":"\\ud83d\\ude00"}],"n":1e5}',
    b'{"name":"a"}\n{"name":"b","amount":1}\n\n{"name"',
)
_DYNAMODB = (
    b'{"Item":{"name":{"S":"a"},"price":{"N":"1.50"},"desc":{"SS":["x"]},"b":{"B":"AAE="}}}\n',
    b'{"Item":{"obj":{"M":{"k":{"NULL":true}}},"l":{"L":[{"BOOL":false},{"NS":["1","2"]}]}}}\n',
    b'{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"name":{"S":"a"}},"OldImage":{"name":'
    b'{"S":"a"},"price":{"N":"1"}},"NewImage":{"name":{"S":"a"},"price":{"N":"2"}}}\n'
    b'{"Keys":{"name":{"S":"b"}},"OldImage":{"name":{"S":"b"}}}\n{"Keys":{"name":{"S":"c"}}}\n',
)
_ODS = {
    "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
    "content.xml": (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="A">'
        "<table:table-row><table:table-cell><text:p>name</text:p></table:table-cell>"
        "<table:table-cell><text:p>amount</text:p></table:table-cell></table:table-row>"
        '<table:table-row table:number-rows-repeated="2">'
        '<table:table-cell office:value-type="string"><text:p>a<text:s text:c="3"/>b</text:p>'
        '</table:table-cell><table:table-cell office:value-type="float" office:value="3">'
        "<text:p>3</text:p></table:table-cell></table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    ),
}


class Parser(NamedTuple):
    """A reader and what it begins from.

    Attributes:
        refuses: what it may raise; anything else is a finding.
        packed: whether its inputs are zip archives, whose members are changed one by one.
        examples: how many inputs `make test` tries.

    """

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    refuses: tuple[type[Exception], ...] = (FerryError,)
    packed: bool = False
    examples: int = 30


def _file(name: str) -> Callable[[bytes], object]:
    form = FORMATS[name]

    def read(data: bytes) -> object:
        if form.text_of is not None:
            means = Means(_MOST_BYTES, tempfile.TemporaryFile)  # type: ignore[arg-type]
            data = b"".join(form.text_of(blocks(data, 4096), means))
        with contextlib.suppress(FerryError):
            form.names(data[:HEAD_BYTES], AS_WRITTEN)
        return entries(name, data)

    return read


def _manifests(data: bytes) -> object:
    """Read a manifest of an export of DynamoDB's own, and behind its line that of the files."""
    summary, _, files = data.partition(b"\n")
    texts = {"manifest-summary.json": summary, "manifest-files.json": files}
    with patch(
        "ferry.fetch.native_export.stored_object",
        lambda name, _: iter([texts[name.rpartition("/")[2]]]),
    ):
        return native_export("s3://b/AWSDynamoDB/1/manifest-files.json", ["b"])


def _archive(data: bytes) -> object:
    with tempfile.TemporaryFile() as file:  # a file says otherwise than memory what it refuses
        file.write(data)
        return read_archive(file)


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", "replace"))


def _json(read: Callable[[Any], object]) -> Callable[[bytes], object]:
    """Read what a request's body holds once it is JSON."""

    def parsed(data: bytes) -> object:
        try:
            value = parse_json(data.decode("utf-8", "replace"))
        except InvalidValue:
            return None
        return read(value)

    return parsed


def _dumped(*values: Any) -> tuple[bytes, ...]:
    return tuple(json.dumps(value).encode() for value in values)


_WHERE = _dumped(
    {"name": {"$eq": "a"}, "amount": {"$gt": 1, "$lte": 5}},
    {"$and": [{"$or": [{"price": {"$in": [1, 2]}}]}, {"desc": {"$all": ["x"]}}]},
    {"geo": {"$center": {"center": [1, 2], "radius": 3}}, "code": {"$regex": "^a.*"}},
)
_SQL = (
    b"SELECT a.b AS c, count(*) FROM demo WHERE x > 1.5e3 GROUP BY TUMBLINGWINDOW(ss, 10)",
    b"SELECT CASE WHEN a THEN 'x' ELSE \"y\" END, f(a[1:2])->b FROM s INNER JOIN t ON s.a = t.b",
)
_DDL = (
    b'CREATE STREAM demo (a BIGINT, b STRUCT(c ARRAY(FLOAT))) WITH (DATASOURCE="u", FORMAT="JSON")',
    b'CREATE TABLE t () WITH (DATASOURCE="a", TYPE=\'file\', KEY="x") -- note',
)
_RULE = b'{"id":"r","sql":"SELECT * FROM demo","actions":[{"log":{}}],"options":{"qos":1}}'
_DOCUMENT = (
    b'{"streams":{"d":"CREATE STREAM d () WITH (DATASOURCE=\\"u\\")"},"rules":{"r":"{}"},'
    b'"sourceConfig":{"mqtt":"{\\"a\\":{\\"qos\\":1}}"},"uploads":{"a.txt":"{}"}}'
)
_YAML = (
    b"a: &x [1, 0x1F, 1.5e3, ~, yes, '2']\nb: *x\n<<: {c: |\n  text\n}\n",
    b'- !!str 1\n- "\\u00e9\\n"\n- {a: {b: [c, {d: e}]}}\n--- \n...\n',
)

_PARQUET = tuple((_SAMPLES / f"{name}.parquet").read_bytes() for name in ("spark", "duckdb"))
_MANIFESTS = (
    b'{"version":"2020-06-30","exportTime":"2026-01-01T00:00:00Z","itemCount":3,'
    b'"outputFormat":"DYNAMODB_JSON","exportType":"FULL_EXPORT"}\n'
    b'{"itemCount":1,"md5Checksum":"x==","etag":"x","dataFileS3Key":"AWSDynamoDB/1/data/a.json.gz"}'
    b'\n\n{"itemCount":2,"dataFileS3Key":"b"}\n',
)

PARSERS: dict[str, Parser] = {
    "csv": Parser(_file("csv"), _CSV),
    "tsv": Parser(_file("tsv"), _CSV),
    "json": Parser(_file("json"), _JSON),
    "jsonl": Parser(_file("jsonl"), _JSON),
    "dynamodb": Parser(_file("dynamodb"), _DYNAMODB),
    "xlsx": Parser(
        _file("xlsx"), (workbook([["name", "amount"], ["a", 1], ["b", True]]),), packed=True
    ),
    "parquet": Parser(lambda data: remainder(io.BytesIO(data), 1), _PARQUET),
    # The library that reads the rest is in a process of its own, which may die of what it reads.
    "parquet rows": Parser(_file("parquet"), _PARQUET, examples=5),
    "ods": Parser(_file("xlsx"), (archive(_ODS),), packed=True),
    "manifests": Parser(_manifests, _MANIFESTS),
    "gzip": Parser(
        lambda data: list(gunzip(blocks(data, 100), Allowance(_MOST_BYTES))),
        (gzip.compress(b"name\na\n"), gzip.compress(b"") + gzip.compress(b"x" * 500)),
    ),
    "form": Parser(
        lambda data: sent_form(data, "multipart/form-data; boundary=x"),
        (
            b"--x\r\nContent-Disposition: form-data; name=file; filename*=UTF-8''a%20b.csv\r\n"
            b"Content-Type: text/csv\r\n\r\na\r\n--x\r\n"
            b'Content-Disposition: form-data; name="mode"\r\n\r\nupsert\r\n--x--\r\n',
        ),
    ),
    "body": Parser(_text(parse_json), _JSON, (InvalidValue,)),
    "where": Parser(_json(lambda value: compile_where(value, GOODS)), _WHERE),
    "mapping": Parser(
        _json(lambda value: with_mapping({"columns": value})),
        _dumped(
            {"A": "name", "B": {"to": "amount", "default": 1}},
            {"name": {"join": ["A", "B"], "separator": " "}, "C": None},
        ),
    ),
    "yaml": Parser(read_yaml, _YAML),
    "archive": Parser(
        _archive,
        (archive({"a.json": '{"a": 1}', "lib/b.so": b"\x7fELF", "c.py": "x = 1"}),),
        packed=True,
    ),
    "engine body": Parser(read_source, (b'{"content":"{}"}', b'{"file":"http://a/b.json"}')),
    "rule ids": Parser(read_rule_ids, (b'["r1","r2"]',)),
    "document": Parser(decode_import, (_DOCUMENT,)),
    "conf keys": Parser(_text(read_conf_keys), (b'{"a":{"qos":1,"server":"tcp://u:p@h"}}',)),
    "engine json": Parser(_text(read_go), (*_JSON, b'{"A":1,"a":2}')),
    "rule": Parser(_text(lambda text: read_rule("r", text)), (_RULE,)),
    "select": Parser(_text(lambda text: (parse_select(text), functions_called(text))), _SQL),
    "create": Parser(_text(lambda text: (is_create(text), parse_source(text))), _DDL),
}
