"""Starts ministack 1.5.33 with what it lacks, and quicker where a table has many rows.

It runs in the engine's own environment, without ours.
"""

import operator
import re
import runpy
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

_NUMBERS = 100_000
"""So many numbers are remembered, by their text."""

type _Test = Callable[[Any], bool]

_WORDS = {"AND": "AND", "BETWEEN": "BETWEEN"}
_COMPARISON = "(?:IDENT|NAME_REF) (?:(?:EQ|LT|GT|LE|GE) VALUE_REF|BETWEEN VALUE_REF AND VALUE_REF)"
_COMPARISONS = re.compile(f"{_COMPARISON}(?: AND {_COMPARISON})* EOF")
_CLAUSE = re.compile(r"(#?\w+)\s*+(=|<=|>=|<|>|BETWEEN\b)\s*+(:\w+)(?:\s++AND\s++(:\w+))?", re.I)
_SIGNS = {
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}

_make_alarm = provisioners._cw_metric_alarm_record
_evaluate = dynamodb._evaluate_condition
_tokens = lru_cache(1_000)(dynamodb._tokenize)


def _alarm_of_one(name: str, properties: dict[str, Any]) -> Any:
    """Make an alarm over several metrics, which is refused, with the first of them.

    It is there, it can be set to a state, and it notifies its topic; it does not compute.
    """
    queries = properties.get("Metrics", [])
    statistics = [query["MetricStat"] for query in queries if "MetricStat" in query]
    if not statistics:
        return _make_alarm(name, properties)
    first = statistics[0]
    single = {key: value for key, value in properties.items() if key != "Metrics"}
    return _make_alarm(
        name,
        single | first["Metric"] | {"Statistic": first["Stat"], "Period": first["Period"]},
    )


def _remembered(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of a number's text that remembers."""
    known = lru_cache(_NUMBERS)(function)

    def remembering(text: Any) -> Any:
        return known(text) if type(text) is str else function(text)

    return remembering


def _item_size(item: Any) -> Any:
    """Return an item's size; of every item that is read, it decides how long a page is."""
    size = 0
    for name, value in item.items():
        text = value.get("S")
        if type(text) is str and len(value) == 1:
            size += len(text) if text.isascii() else len(text.encode())
        else:
            size += dynamodb._attribute_value_size(value)
        size += len(name) if name.isascii() else len(name.encode())
    return size


class _KeyCondition:
    """The key condition of the last query.

    A query asks it of every item of its partition; ministack reads and checks the text each time.
    """

    def __init__(self) -> None:
        self._of: tuple[Any, ...] = (None, None, None)
        self._clauses: list[tuple[str, _Test]] | None = None

    def holds(
        self,
        text: str,
        item: Mapping[str, Any],
        values: Mapping[str, Any],
        names: Mapping[str, str],
        slot: str = "ConditionExpression",
    ) -> Any:
        if slot != "KeyConditionExpression":
            return _evaluate(text, item, values, names, slot=slot)
        asked = text, values, names
        if any(ours is not theirs for ours, theirs in zip(self._of, asked, strict=True)):
            found = _evaluate(text, item, values, names, slot=slot)  # raises where it is wrong
            self._of, self._clauses = asked, _clauses(text, values, names)
            return found
        if self._clauses is None:
            return _evaluate(text, item, values, names, slot=slot)
        for name, test in self._clauses:  # noqa: SIM110 - asked of millions of items
            if not test(item.get(name)):
                return False
        return True


def _clauses(
    text: str, values: Mapping[str, Any], names: Mapping[str, str]
) -> list[tuple[str, _Test]] | None:
    """Return the tests that all have to hold; None if there is anything but comparisons."""
    shape = " ".join(_WORDS.get(word.upper(), kind) for kind, word in _tokens(text))
    if not _COMPARISONS.fullmatch(shape):
        return None
    found: list[tuple[str, _Test]] = []
    for clause in _CLAUSE.finditer(text):
        name, sign, value, high = clause.groups()
        place = names.get(name, name)
        found.append((place, _test(">=" if high else sign, values.get(value))))
        if high:
            found.append((place, _test("<=", values.get(high))))
    return found


def _test(sign: str, value: Any) -> _Test:
    kind, wanted = dynamodb._ddb_comparable(value)
    compare = _SIGNS[sign]

    def test(there: Any) -> bool:
        if there is None:
            return False
        if sign == "=" and there == value:
            return True
        found_kind, found = dynamodb._ddb_comparable(there)
        return bool(found_kind == kind and compare(found, wanted))

    return test


provisioners._cw_metric_alarm_record = _alarm_of_one
dynamodb._evaluate_condition = _KeyCondition().holds
dynamodb._tokenize = lambda text: list(_tokens(text))
dynamodb._condition_syntax_error = lru_cache(1_000)(dynamodb._condition_syntax_error)
dynamodb._item_size_bytes = _item_size
for _name in ("_number_error", "_ddb_canonicalize_number", "_number_size_bytes"):
    setattr(dynamodb, _name, _remembered(getattr(dynamodb, _name)))
if __name__ == "__main__":
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
