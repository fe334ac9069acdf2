"""What grows for each parser of `parsers.py`, by the number of times that a piece stands in it."""

import gzip
import json
from collections.abc import Callable
from typing import Any

from tests.workbooks import archive

type Made = Callable[[int], bytes]

PIECES = 400
_SUMMARY = b'{"itemCount":1,"outputFormat":"DYNAMODB_JSON"}\n'
_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="A"><table:table-row><table:table-cell><text:p>name</text:p>'
    "</table:table-cell></table:table-row>%s</table:table></office:spreadsheet></office:body>"
    "</office:document-content>"
)
_ROW, _CELL = "<table:table-row>%s</table:table-row>", "<table:table-cell>%s</table:table-cell>"


def _times(before: bytes, piece: bytes, after: bytes = b"") -> Made:
    return lambda n: before + piece * PIECES * n + after


def _each(made: Callable[[int], Any], of: Callable[[list[Any]], Any]) -> Made:
    """Make JSON of what is made of each number."""
    return lambda n: json.dumps(of([made(i) for i in range(PIECES * n)])).encode()


def _members(of: Callable[[dict[str, Any]], Any], value: Any = 1) -> Made:
    return _each(lambda i: (f"k{i}", value), lambda pairs: of(dict(pairs)))


def _sheet(times: Callable[[int], str]) -> Made:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return lambda n: archive({"mimetype": kind, "content.xml": _ODS % times(PIECES * n)})


def _packed(times: Callable[[int], dict[str, str]]) -> Made:
    return lambda n: archive(times(PIECES * n))


def _rule(**members: Any) -> Any:
    return {"id": "r", "sql": "SELECT * FROM demo", "actions": [{"log": {}}], **members}


GROWN: dict[str, dict[str, Made]] = {
    "tsv": {"open quotes": _times(b"name\tamount\n", b'a\t"b\n')},
    "jsonl": {"open lines": _times(b"", b'{"name":"a"'), "empty rows": _times(b"", b"{}\n")},
    "dynamodb": {
        "maps": lambda n: (
            b'{"Item":{"a":%s{"S":"x"}%s}}' % (b'{"M":{"a":' * PIECES * n, b"}}" * PIECES * n)
        ),
        "lists": _times(b'{"Item":{"a":', b'{"L":['),
        "sets": _times(b'{"Item":{"a":{"SS":["', b'x","', b'"]}}}'),
        "members": _members(lambda members: {"Item": members}, {"N": "1"}),
        "types": _times(b'{"Item":{"a":{', b'"S":"1",', b'"S":"2"}}}'),
        "digits": _times(b'{"Item":{"a":{"N":"', b"9", b'"}}}'),
    },
    "manifests": {
        "files": _times(_SUMMARY, b'{"itemCount":1,"dataFileS3Key":"a"}\n'),
        "blank lines": _times(_SUMMARY, b"\n"),
    },
    "gzip": {
        "members": lambda n: gzip.compress(b"a") * PIECES * n,
        "content": lambda n: gzip.compress(b"a" * 100_000 * n),
        "zeros behind it": _times(gzip.compress(b"a"), b"\0"),
    },
    "mapping": {
        "columns": _members(lambda members: members, "name"),
        "joined columns": _each(str, lambda found: {"a": {"join": found, "separator": "x"}}),
        "transforms": _each(lambda _: "trim", lambda found: {"A": {"to": "a", "transform": found}}),
    },
    "yaml": {
        "flows": _times(b"", b"["),
        "entries": _times(b"", b"- a\n"),
        "levels": lambda n: b"".join(b" " * i + b"a:\n" for i in range(60 * n)),
        "aliases": lambda n: b"".join(
            b"a%d: &a%d x\nb%d: *a%d\n" % (i, i, i, i) for i in range(PIECES * n)
        ),
        "doubled aliases": lambda n: (
            b"a0: &a0 [x, x]\n"
            + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (i, i, i - 1, i - 1) for i in range(1, 12 * n))
        ),
        "merges": _times(b"a: &a {b: c}\nx:\n", b"  <<: *a\n"),
        "base 60": _times(b"a: ", b"1:", b"1\n"),
        "quotes": _times(b"a: '", b"''"),
        "documents": _times(b"", b"---\n"),
        "members": lambda n: b"".join(b"k%d: 1\n" % i for i in range(PIECES * n)),
        "lines of a text": _times(b"a: b", b"\n  b"),
    },
    "ods": {
        "rows": _sheet(lambda n: _ROW % (_CELL % "<text:p>a</text:p>") * n),
        "cells": _sheet(lambda n: _ROW % (_CELL % "<text:p>a</text:p>" * n)),
        "open rows": _sheet(lambda n: "<table:table-row>" * n),
        "open spans": _sheet(lambda n: "<text:span>" * n),
        "paragraphs": _sheet(lambda n: _ROW % (_CELL % ("<text:p>a</text:p>" * n))),
        "blanks": _sheet(lambda n: _ROW % (_CELL % ('<text:s text:c="9"/>' * n))),
        "empty rows": _sheet(
            lambda n: '<table:table-row table:number-rows-repeated="99999999"/>' * n
        ),
        "tables": _sheet(lambda n: '</table:table><table:table table:name="B">' * n),
    },
    "archive": {
        "members": _packed(lambda n: {f"m{i}": "x" for i in range(n)}),
        "lines": _packed(lambda n: {"a.json": "{" + "\n" * 100 * n}),
        "lists": _packed(lambda n: {"a.json": "[" * n}),
        "folders": _packed(lambda n: {"a/" * n + "b": "x"}),
    },
    "engine body": {
        "members": _members(lambda members: members),
        "content": _times(b'{"content":"', b"x" * 100, b'"}'),
        "lists": _times(b"", b"["),
    },
    "rule ids": {
        "ids": _each(str, lambda found: found),
        "the same id": _each(lambda _: "r", lambda found: found),
    },
    "document": {
        "streams": _members(
            lambda members: {"streams": members}, 'CREATE STREAM d () WITH (DATASOURCE="u")'
        ),
        "rules": _members(lambda members: {"rules": members}, "{}"),
        "unknown sections": _members(lambda members: members, {}),
        "sources": _members(lambda members: {"sourceConfig": members}, '{"a":{"qos":1}}'),
        "levels": _times(b"", b'{"streams":'),
    },
    "conf keys": {
        "members": _members(lambda members: {"a": members}),
        "levels": _times(b"", b'{"a":'),
    },
    "engine json": {
        "lists": _times(b"", b"["),
        "objects": _times(b"", b'{"a":'),
        "one name": _times(b"{", b'"a":1,', b'"A":1}'),
        "digits": _times(b"", b"9"),
        "half characters": _times(b'"', b"\\ud800", b'"'),
    },
    "rule": {
        "actions": _each(lambda _: {"log": {}}, lambda found: _rule(actions=found)),
        "options": _members(lambda members: _rule(options=members)),
        "levels": _times(b"", b'{"graph":'),
        "columns": lambda n: json.dumps(_rule(sql=f"SELECT {'a,' * PIECES * n} b FROM d")).encode(),
    },
    "select": {
        "brackets": _times(b"SELECT ", b"("),
        "calls": _times(b"SELECT ", b"f("),
        "columns": _times(b"SELECT ", b"a,", b"b FROM s"),
        "sums": _times(b"SELECT ", b"a+", b"b FROM s"),
        "signs": _times(b"SELECT ", b"- ", b"b FROM s"),
        "open cases": _times(b"SELECT ", b"CASE WHEN "),
        "branches": _times(b"SELECT CASE ", b"WHEN a THEN b ", b"END FROM s"),
        "indexes": _times(b"SELECT a", b"[1]", b" FROM s"),
        "joins": _times(b"SELECT * FROM s", b" INNER JOIN t ON s.a = t.b"),
        "quotes": _times(b"SELECT '", b"\\'"),
        "comments": _times(b"", b"--\n", b"SELECT * FROM s"),
        "conditions": _times(b"SELECT * FROM s WHERE ", b"a BETWEEN 1 AND "),
        "digits": _times(b"SELECT ", b"9", b" FROM s"),
    },
    "create": {
        "fields": lambda n: (
            b"CREATE STREAM d ("
            + b",".join(b"c%d BIGINT" % i for i in range(PIECES * n))
            + b') WITH (DATASOURCE="u")'
        ),
        "structs": _times(b"CREATE STREAM d (a ", b"STRUCT(a "),
        "arrays": _times(b"CREATE STREAM d (a ", b"ARRAY("),
        "options": _times(b"CREATE STREAM d () WITH (", b'TYPE="u",', b'FORMAT="json")'),
        "blanks": _times(b"CREATE", b" ", b"STREAM"),
    },
}
