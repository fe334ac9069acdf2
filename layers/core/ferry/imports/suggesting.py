"""Which column of a table a column of a file may be, by its name and its values. Pure.

A suggestion is never applied by itself: the caller sends it as `columns`, or another one.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

import msgspec

from ferry.tables.inference import InferredColumn
from ferry.tables.schema import Field, FieldType

_SAME = 95
_SYNONYM = 80
_LIKE = 90
_LEAST = 50
_LEAST_RATIO = 0.75
_NO_LETTERS = re.compile(r"[\W_]++")
_SYNONYMS = (
    "sku itemno itemnumber articleno articlenumber productcode artikelnummer artikelnr artnr 货号",
    "name title label description bezeichnung titel produkt product 名称 品名",
    "amount quantity qty count menge anzahl stueck stuck 数量",
    "price unitprice cost preis einzelpreis betrag 价格 单价 金额",
    "date day datum tag 日期",
    "email mail emailaddress epost 邮箱 电子邮件",
    "phone telephone tel telefon mobile 电话 手机",
    "city town ort stadt 城市",
    "zip zipcode postcode postalcode plz postleitzahl 邮编",
    "country land 国家",
    "note notes comment comments remark bemerkung notiz 备注",
    "tags keywords stichworte schlagworte 标签",
    "status state zustand 状态",
    "weight gewicht 重量",
)
_GROUPS = {word: number for number, words in enumerate(_SYNONYMS) for word in words.split()}
_TAKES = {
    FieldType.NUMBER: {FieldType.INTEGER, FieldType.NUMBER},
    FieldType.INTEGER: {FieldType.INTEGER},
    FieldType.DATE: {FieldType.DATE, FieldType.STRING},
    FieldType.BOOLEAN: {FieldType.BOOLEAN},
}


class Suggestion(msgspec.Struct, frozen=True):
    """A column of the table that a column of the file may be; the confidence is in percent."""

    to: str
    confidence: int


def suggestions(
    columns: Iterable[InferredColumn], fields: Iterable[Field]
) -> dict[str, Suggestion]:
    """Return the likeliest of the free fields for each column, each field once."""
    fields = list(fields)
    found = sorted(
        (
            (_confidence(column, field), column.name, field.name)
            for column in columns
            for field in fields
        ),
        key=lambda one: -one[0],
    )
    made: dict[str, Suggestion] = {}
    taken: set[str] = set()
    for confidence, name, field_name in found:
        if confidence >= _LEAST and name not in made and field_name not in taken:
            made[name] = Suggestion(field_name, confidence)
            taken.add(field_name)
    return made


def folded_name(name: str) -> str:
    """Return a name in lower case without accents, blanks and signs."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return _NO_LETTERS.sub("", "".join(c for c in plain if not unicodedata.combining(c)))


def _confidence(column: InferredColumn, field: Field) -> int:
    name, other = folded_name(column.name), folded_name(field.name)
    if not name or not other:
        return 0
    ratio = SequenceMatcher(None, name, other).ratio()
    if name == other:
        confidence = _SAME
    elif name in _GROUPS and _GROUPS[name] == _GROUPS.get(other):
        confidence = _SYNONYM
    else:
        confidence = int(_LIKE * ratio) if ratio >= _LEAST_RATIO else 0
    fits = column.type in _TAKES.get(field.type, {column.type})
    return confidence if fits else confidence * 7 // 10
