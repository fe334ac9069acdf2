import json
from typing import Any

import pytest
from hypothesis import given

from ferry.errors import InvalidItem
from ferry.kuiper.rules.planning import plan
from ferry.kuiper.rules.rule import read_rule
from tests.unit.kuiper.strategies import fault_of, json_like, json_values, rule

GRAPH: dict[str, Any] = {
    "nodes": {
        "demo": {"type": "source", "nodeType": "mqtt", "props": {"sourceName": "demo"}},
        "avg": {"type": "operator", "nodeType": "function", "props": {"expr": "avg(a)"}},
        "out": {"type": "sink", "nodeType": "log", "props": {}},
    },
    "topo": {"sources": ["demo"], "edges": {"demo": ["avg"], "avg": [["out"], 1]}},
}


def graph(**nodes: Any) -> str:
    return json.dumps({"graph": {**GRAPH, "nodes": {**GRAPH["nodes"], **nodes}}})


def test_graph_rule_needs_no_actions() -> None:
    found = read_rule("r", json.dumps({"graph": GRAPH}))
    assert found.select is None
    plan(found, {"demo"})


def test_what_a_rule_reads_from_must_exist() -> None:
    sql = read_rule("r", rule(sql="SELECT * FROM demo INNER JOIN t ON demo.a = t.a"))
    plan(sql, {"demo", "t"})
    with pytest.raises(InvalidItem, match=r"^fail to get stream t, please check if stream is crea"):
        plan(sql, {"demo"})
    with pytest.raises(InvalidItem, match=r"^fail to get stream demo, "):
        plan(read_rule("r", graph()), set())


@pytest.mark.parametrize(
    ("nodes", "topo", "fault"),
    [
        ({}, {"sources": []}, "graph has no nodes or no topo"),
        ({}, {"sources": ["nope"]}, "source node nope is not defined"),
        ({}, {"sources": ["avg"]}, "source node avg is not defined"),
        ({}, {"edges": {"demo": ["avg"], "avg": ["out"], "out": ["avg"]}}, "sink out has edge"),
        ({}, {"edges": {"demo": ["avg"]}}, "no edge defined for operator node avg"),
        ({}, {"edges": {"avg": ["out"]}}, "no edge defined for source node demo"),
        ({}, {"edges": {"demo": ["avg"], "avg": ["nope"]}}, "node nope of topo is not defined"),
        ({"x": {"type": "thing"}}, {}, "unknown node type thing of node x"),
        ({"x": None}, {}, "unknown node type  of node x"),
    ],
)
def test_graph_that_is_no_plan(nodes: dict[str, Any], topo: dict[str, Any], fault: str) -> None:
    broken = {"nodes": {**GRAPH["nodes"], **nodes}, "topo": {**GRAPH["topo"], **topo}}
    found = read_rule("r", json.dumps({"graph": broken}))
    with pytest.raises(InvalidItem) as refused:
        plan(found, {"demo"})
    assert str(refused.value) == fault


@pytest.mark.parametrize(
    "options",
    [
        None,
        {},
        {"concurrency": 0, "bufferLength": 0, "lateTolerance": 0},
        {"lateTolerance": "1m30s", "checkpointInterval": 1.5},
        {"restartStrategy": {"attempts": 3, "delay": "1s", "multiplier": 2, "jitter": 0.1}},
        {"cronDatetimeRange": [{"begin": "2023-01-01 00:00:00", "end": "2023-01-02 00:00:00"}]},
        {"cronDatetimeRange": [{"beginTimestamp": 1, "endTimestamp": 2}, None]},
        {"unknown": {"a": 1}},
    ],
)
def test_options_that_can_be(options: object) -> None:
    read_rule("r", rule(options=options))


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"bufferLength": -1}, "invalidBufferLength:bufferLength must be greater than 0"),
        ({"lateTolerance": "-1s"}, "invalidLateTolerance:lateTolerance must be greater than 0"),
        (
            {"concurrency": -1, "lateTolerance": -1},
            "invalidConcurrency:concurrency must be greater than 0\n"
            "invalidLateTolerance:lateTolerance must be greater than 0",
        ),
        (
            {"restartStrategy": {"attempts": -1}},
            "invalidRestartAttempts:restartStrategy.attempts must be greater than 0",
        ),
        (
            {"cronDatetimeRange": [{"begin": "yesterday", "end": ""}]},
            "invalidCronDatetimeRange:begin and end must be written as 2006-01-02 15:04:05",
        ),
        (
            {"cronDatetimeRange": [{"begin": "2023-01-01 00:00:00"}]},
            "invalidCronDatetimeRange:begin and end must be given together",
        ),
        (
            {"cronDatetimeRange": [{"begin": "2023-01-02 00:00:00", "end": "2023-01-01 00:00:00"}]},
            "invalidCronDatetimeRange:begin must not be after end",
        ),
        (
            {"cronDatetimeRange": [{"beginTimestamp": 2, "endTimestamp": 1}]},
            "invalidCronDatetimeRange:beginTimestamp must not be after endTimestamp",
        ),
    ],
)
def test_options_that_cannot_be(options: object, fault: str) -> None:
    with pytest.raises(InvalidItem) as refused:
        read_rule("r", rule(options=options))
    assert str(refused.value) == f"Rule r has invalid options: {fault}."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"sql":1}', "json: cannot unmarshal number into Go struct field Rule.sql of type string"),
        (
            '{"options":{"concurrency":"a"}}',
            "json: cannot unmarshal string into Go struct field RuleOption.options.concurrency "
            "of type int",
        ),
        ('{"options":{"lateTolerance":"1"}}', 'time: missing unit in duration "1"'),
        (
            '{"options":{"restartStrategy":{"delay":"x"}}}',
            'time: invalid duration "x"',
        ),
    ],
)
def test_shape_of_a_rule(text: str, fault: str) -> None:
    with pytest.raises(InvalidItem) as refused:
        read_rule("r", text)
    assert str(refused.value) == f"Parse rule {text} error : {fault}."


def test_create_in_a_rule_is_no_select_but_a_wrong_one_is_wrong() -> None:
    create = "CREATE STREAM demo () WITH ()"
    with pytest.raises(InvalidItem, match="is not a select statement"):
        read_rule("r", rule(sql=create))
    with pytest.raises(InvalidItem, match=r"error: found .EOF., expected stream name"):
        read_rule("r", rule(sql="CREATE STREAM"))


def test_errors_repeat_only_the_beginning_of_a_long_text() -> None:
    fault = fault_of(lambda text: read_rule("r", text), "x" * 1_000_000, InvalidItem)
    assert len(str(fault)) < 3_000


@given(json_like | json_values.map(lambda value: json.dumps({"graph": value, "options": value})))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    fault_of(lambda text: plan(read_rule("r", text), {"demo"}), text, InvalidItem)
