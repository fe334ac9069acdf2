"""The type that a column's values tell, without a table that says it. Pure.

Codes stay text: digits with zeros in front, more than fifteen digits, telephone numbers, and what
stands in a column whose name says that it holds codes. A number would lose what they are.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import msgspec

from ferry.tables.scalars import DATE
from ferry.tables.schema import FieldType
from ferry.tables.typed_values import ValueSet
from ferry.tables.values import InvalidValue, parse_json

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})", re.ASCII).fullmatch
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}", re.ASCII).fullmatch
_CODES = re.compile(
    r"(?:.*[^a-z])?(?:plz|zip|zipcode|postcode|postal_?code|phone|telefon|tel|mobile|fax|ean|gtin|isbn"
    r"|iban|bic|sku|code|vat|ssn)(?:[^a-z].*+)?|.*(?:编号|编码|电话|手机|邮编|号码)",
    # With line ends, which else would end what follows a word, and have it read anew for each word.
    re.IGNORECASE | re.DOTALL,
).fullmatch
_EXAMPLES = 5
_EXAMPLE_CHARACTERS = 100


class InferredColumn(msgspec.Struct, frozen=True):
    """A column as its values suggest it.

    Attributes:
        name: in the file.
        type: of the field that takes them all.
        types: how many values are of each type.
        empty: how many rows have none.
        examples: the first values that differ.
        why: why it is text although its values look like numbers, "" otherwise.

    """

    name: str
    type: FieldType
    types: dict[str, int]
    empty: int
    examples: list[Any]
    why: str = ""

    @property
    def shares(self) -> dict[str, float]:
        """The share of each type in percent, the greatest first."""
        total = sum(self.types.values())
        shares = sorted(self.types.items(), key=lambda item: -item[1])
        return {kind: round(100 * count / total, 1) for kind, count in shares}


def inferred(name: str, values: Iterable[Any], plain: Callable[[str], str] = str) -> InferredColumn:
    """Infer a column's type from its values; `plain` gives numbers their decimal point."""
    kinds: Counter[str] = Counter()
    examples: dict[str, Any] = {}
    codes = empty = 0
    for value in values:
        if value is None or value == "":
            empty += 1
            continue
        kind = _kind(value, plain)
        codes += kind is _CODE
        kinds[FieldType.STRING if kind is _CODE else kind] += 1
        if len(examples) < _EXAMPLES:
            example = value[:_EXAMPLE_CHARACTERS] if isinstance(value, str) else value
            examples.setdefault(str(example), example)
    found = _type(kinds)
    why = "digits that are a code: zeros in front, a plus sign, or too many" if codes else ""
    if found is FieldType.INTEGER and _CODES(name):
        found, why = FieldType.STRING, "the name of the column says that it holds codes"
    return InferredColumn(name, found, dict(kinds), empty, [*examples.values()], why)


def _kind(value: Any, plain: Callable[[str], str]) -> str:
    return _kind_of_text(value, plain) if isinstance(value, str) else _KINDS[type(value)]


def _kind_of_text(text: str, plain: Callable[[str], str]) -> str:
    if DATE(text):
        return FieldType.DATE
    if text.lower() in {"true", "false"}:
        return FieldType.BOOLEAN
    if text[0] in "[{":
        return _nested(text)
    number = plain(text)
    if _INTEGER(number):
        return FieldType.INTEGER
    if _NUMBER(number):
        return FieldType.NUMBER
    digits = sum(map(str.isdigit, text))
    return _CODE if digits > 1 and not text.strip("+0123456789 ()/-") else FieldType.STRING


def _nested(text: str) -> str:
    try:
        value = parse_json(text)
    except InvalidValue:
        return FieldType.STRING
    return FieldType.ARRAY if isinstance(value, list) else FieldType.OBJECT


def _type(kinds: Counter[str]) -> FieldType:
    found = set(kinds)
    if found == {FieldType.INTEGER, FieldType.NUMBER}:
        return FieldType.NUMBER
    return FieldType(found.pop()) if len(found) == 1 else FieldType.STRING


_CODE = "code"
_KINDS: dict[type, str] = {
    bool: FieldType.BOOLEAN,
    int: FieldType.INTEGER,
    Decimal: FieldType.NUMBER,
    list: FieldType.ARRAY,
    ValueSet: FieldType.ARRAY,
    dict: FieldType.OBJECT,
}
