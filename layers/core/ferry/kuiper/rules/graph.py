"""Graph rules: nodes, the edges between them, and whether they can be planned.

Source: contract configurations#rules. The texts are our own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ferry.errors import InvalidItem
from ferry.kuiper.gojson.shapes import ANY, OBJECT, STRING, STRINGS, map_of, slice_of, struct

GRAPH = struct(
    "def.RuleGraph",
    {
        "nodes": map_of(
            struct("def.GraphNode", {"type": STRING, "nodeType": STRING, "props": OBJECT})
        ),
        "topo": struct("def.PrintableTopo", {"sources": STRINGS, "edges": map_of(slice_of(ANY))}),
    },
)
_NODE_TYPES = frozenset({"source", "operator", "sink"})

type Nodes = Mapping[str, Mapping[str, Any]]


def nodes_of(graph: Mapping[str, Any]) -> Nodes:
    """Return the nodes by name; one given as null has nothing set."""
    return {name: node or {} for name, node in (graph.get("nodes") or {}).items()}


def properties(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a node's props by names in lower case without underscores.

    So `CONF_KEY`, as a stream has it, and `confKey`, as JSON has it, are one property.
    """
    props = node.get("props") or {}
    return {name.replace("_", "").lower(): value for name, value in props.items()}


def check_graph(graph: Mapping[str, Any]) -> None:
    """Raise InvalidItem where the nodes do not form a plan."""
    nodes = nodes_of(graph)
    topology = graph.get("topo") or {}
    edges = {name: list(_targets(ends)) for name, ends in (topology.get("edges") or {}).items()}
    if not nodes or not topology.get("sources"):
        raise InvalidItem("graph has no nodes or no topo")
    for name in topology["sources"]:
        if nodes.get(name, {}).get("type") != "source":
            raise InvalidItem(f"source node {name} is not defined")
    for name, node in nodes.items():
        _check_node(name, node, edges)
    for name in (*edges, *(target for targets in edges.values() for target in targets)):
        if name not in nodes:
            raise InvalidItem(f"node {name} of topo is not defined")


def stream_names(graph: Mapping[str, Any]) -> list[str]:
    """Return the streams and tables that source nodes name in `sourceName`."""
    return [
        name
        for node in nodes_of(graph).values()
        if node.get("type") == "source"
        and isinstance(name := properties(node).get("sourcename"), str)
    ]


def _check_node(name: str, node: Mapping[str, Any], edges: Mapping[str, list[str]]) -> None:
    type_ = node.get("type", "")
    if type_ not in _NODE_TYPES:
        raise InvalidItem(f"unknown node type {type_} of node {name}")
    if type_ == "sink" and edges.get(name):
        raise InvalidItem(f"sink {name} has edge")
    if type_ != "sink" and not edges.get(name):
        raise InvalidItem(f"no edge defined for {type_} node {name}")


def _targets(ends: Any) -> Iterator[str]:
    """Yield the nodes an edge leads to; a node of several outputs has a list for each."""
    for end in ends or []:
        if isinstance(end, str):
            yield end
        elif isinstance(end, list):
            yield from (each for each in end if isinstance(each, str))
