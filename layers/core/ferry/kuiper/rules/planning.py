"""Check whether a rule could start, as the engine does in a partial import only."""

from collections.abc import Container

from ferry.errors import InvalidItem
from ferry.kuiper.rules.graph import check_graph, stream_names
from ferry.kuiper.rules.rule import Rule


def plan(rule: Rule, sources: Container[str]) -> None:
    """Raise InvalidItem unless the rule's graph holds and all it reads from is in `sources`.

    Source: contract configurations#partial, case 30.
    """
    if rule.graph is not None:
        check_graph(rule.graph)
        names = stream_names(rule.graph)
    else:
        names = list(rule.select.sources) if rule.select else []
    for name in names:
        if name not in sources:
            raise InvalidItem(f"fail to get stream {name}, please check if stream is created")
