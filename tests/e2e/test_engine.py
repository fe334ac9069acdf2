"""What we make quicker in the engine answers as the engine itself does."""

import json
import subprocess

from local.instance import ENVIRONMENTS
from tests.declared import ROOT

_COMPARE = """
import importlib.util, json, sys
from ministack.services import dynamodb

items = [
    {"pk": {"S": "a"}, "sk": {"N": str(n)}, "text": {"S": text}, "more": {"L": [{"N": "1.50"}]}}
    for n in range(-2, 30)
    for text in ("b", "é")
]
values = {":p": {"S": "a"}, ":q": {"S": "z"}, ":low": {"N": "2"}, ":high": {"N": "1e1"}}
names = {"#p": "pk", "#s": "sk", "#o": "other"}
conditions = json.loads(sys.argv[2])


def answers():
    for text in conditions:
        for item in items:
            try:
                slot = "KeyConditionExpression"
                yield bool(dynamodb._evaluate_condition(text, item, values, names, slot=slot))
            except ValueError as error:
                yield str(error)
    for item in items:
        yield dynamodb._item_size_bytes(item)
    for text in ("1e3", "-0.10", "", "x", "1e400", 5, None):
        yield str(dynamodb._number_error(text)), dynamodb._ddb_canonicalize_number(text)


usual = list(answers())
spec = importlib.util.spec_from_file_location("program", sys.argv[1])
spec.loader.exec_module(importlib.util.module_from_spec(spec))
ours = list(answers())
print(json.dumps([len(usual), usual == ours == list(answers()), sum(x is True for x in usual)]))
"""
_CONDITIONS = [
    "pk = :p",
    "#p = :q",
    "#p = :p AND #s BETWEEN :low AND :high",
    "#p=:p and sk>=:low",
    "pk = :p AND sk < :high",
    "pk = :p AND #o <= :high",
    "pk = :p AND sk > :q",
    "pk = :p AND begins_with(#s, :q)",
    "pk = :p AND begins_with(#p, :p)",
    "(pk = :p) AND (sk > :low)",
    ":p = pk",
    "pk = :p AND size(#p) > :low",
    "((pk = :p))",
    "pk = :p sk",
    "pk = :p AND sk BETWEEN :high AND :low",
]


def test_key_conditions_sizes_and_numbers_are_those_of_the_engine():
    program = ROOT / "local" / "ministack_program.py"
    python = ENVIRONMENTS / "engine" / "bin" / "python"

    ran = subprocess.run(
        [python, "-c", _COMPARE, program, json.dumps(_CONDITIONS)],
        capture_output=True,
        check=True,
    )

    asked, alike, holding = json.loads(ran.stdout)
    assert asked == len(_CONDITIONS) * 64 + 64 + 7
    assert (alike, holding > asked / 4) == (True, True)
