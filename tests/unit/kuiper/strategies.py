"""Values that hypothesis makes of the configuration's own kinds."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.kuiper.sql.ddl.ddl_options import OPTION_NAMES
from ferry.kuiper.sql.statements import (
    ArrayType,
    BasicType,
    CreateSource,
    Literal,
    LiteralKind,
    SourceKind,
    StreamField,
    StructType,
)

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="`"), max_size=8)
plain_names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,7}", fullmatch=True)
digits = st.from_regex(r"[0-9]{1,12}", fullmatch=True)
numbers = st.from_regex(r"-?[0-9]{1,6}\.[0-9]{0,6}", fullmatch=True)

_SQL_WORDS = (
    "CREATE STREAM TABLE SELECT FROM WITH AS JOIN CROSS ON WHERE GROUP BY CASE WHEN THEN END ARRAY "
    "STRUCT BIGINT DEFAULT FORMAT DATASOURCE demo f a.b 1 2.5 ( ) , = ; -> [ ] : * - \" ' ` "
    '"x" `y` -- /* */ 温 _'
)
sql_words = st.sampled_from(_SQL_WORDS.split())
sql_texts = st.lists(sql_words, max_size=40).map(" ".join) | st.text(max_size=80)

_finite = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | _finite | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)
json_like = st.text('{}[]",:0123456789.eE+-truefalsn\\u \n', max_size=40)

_literals = {
    BasicType.BIGINT: st.builds(Literal, st.just(LiteralKind.INTEGER), digits),
    BasicType.FLOAT: st.builds(Literal, st.just(LiteralKind.NUMBER), numbers),
    BasicType.STRING: st.builds(Literal, st.just(LiteralKind.STRING), st.text(max_size=8)),
    BasicType.BOOLEAN: st.builds(
        Literal, st.just(LiteralKind.BOOLEAN), st.sampled_from(["true", "false"])
    ),
}


@st.composite
def _basic_fields(draw: st.DrawFn) -> StreamField:
    type_ = draw(st.sampled_from(BasicType))
    default = draw(st.none() | _literals[type_]) if type_ in _literals else None
    return StreamField(draw(names), type_, default)


fields = st.recursive(
    _basic_fields(),
    lambda inner: st.builds(
        StreamField,
        names,
        st.builds(ArrayType, inner.map(lambda field: field.type))
        | st.builds(StructType, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
_free_options = sorted(
    {*OPTION_NAMES}
    - {"FORMAT", "SHARED", "TEMP", "STRICT_VALIDATION", "RETAIN_SIZE", "EXTRA", "VERSION", "KIND"}
)
options = st.dictionaries(
    st.sampled_from(_free_options), st.text(max_size=8)
) | st.fixed_dictionaries(
    {
        "FORMAT": st.sampled_from(["JSON", "delimited", "protobuf"]),
        "SHARED": st.sampled_from(["true", "false"]),
        "RETAIN_SIZE": digits,
        "VERSION": digits,
        "EXTRA": json_values.map(json.dumps),
    }
)
sources = st.builds(
    CreateSource,
    st.sampled_from(SourceKind),
    names,
    st.lists(fields, max_size=4).map(tuple),
    options,
)

texts = st.text(max_size=12)
documents = st.dictionaries(
    st.sampled_from(Section),
    st.dictionaries(texts, texts | json_values.map(json.dumps), max_size=2),
    max_size=5,
).map(Document)


def fault_of[Fault: Exception](
    read: Callable[[str], object], text: str, kind: type[Fault]
) -> Fault | None:
    """Return why `read` refuses `text`, None where it does not; other exceptions fly."""
    try:
        read(text)
    except kind as fault:
        return fault
    return None


def stream(name: str = "demo", options: str = "") -> str:
    return f'CREATE STREAM {name} () WITH (DATASOURCE="users"{options})'


def rule(**members: Any) -> str:
    return json.dumps({"sql": "SELECT * FROM demo", "actions": [{"log": {}}], **members})


@st.composite
def valid_documents(draw: st.DrawFn) -> Document:
    """Documents whose every item applies in a full import, plugins and configs aside."""
    streams = draw(st.lists(plain_names.map("stream_{}".format), unique=True, max_size=4))
    ids = draw(st.lists(plain_names, unique=True, max_size=4))
    configs = draw(
        st.dictionaries(
            plain_names,
            st.dictionaries(
                texts, st.dictionaries(texts, json_values, max_size=3), min_size=1, max_size=3
            ),
            max_size=3,
        )
    )
    return Document(
        {
            Section.STREAMS: {name: stream(name) for name in streams},
            Section.RULES: {id_: rule(id=id_, name=draw(texts)) for id_ in ids},
            Section.SINK_CONFIG: {type_: json.dumps(conf) for type_, conf in configs.items()},
        }
    )
