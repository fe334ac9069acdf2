"""Measure the pure core on a configuration: `python benchmarks/config.py`.

Processor seconds, the best of three, one core. A document of n rules has n/5 streams and n/20
tables; an import is decoding, applying and encoding, as the processor does it.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1] / "layers" / "core"))

from ferry.kuiper.apply.application import apply
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.decoding import decode
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Wire
from ferry.kuiper.sql.ddl.create import parse_source

_SIZES = (1_000, 10_000, 100_000)
_FIELDS = ", ".join(f"field{n} {'BIGINT' if n % 2 else 'STRING'}" for n in range(20))
_CREATE = f'CREATE STREAM demo ({_FIELDS}) WITH (DATASOURCE="users", FORMAT="JSON")'
_SELECT = (
    "SELECT id, avg(temperature) AS mean, max(temperature) AS most, name, place->latitude "
    "FROM demo WHERE temperature > 30 AND name != 'x' "
    "GROUP BY id, TUMBLINGWINDOW(ss, 10) HAVING mean > 31"
)
_ROUNDS = 2_000


def document(rules: int) -> bytes:
    """Return the text of a document with so many rules, and the streams and tables to them."""
    streams, tables = rules // 5, rules // 20
    return json.dumps(
        {
            "streams": {f"s{n}": _source("STREAM", f"s{n}") for n in range(streams)},
            "tables": {f"t{n}": _source("TABLE", f"t{n}") for n in range(tables)},
            "rules": {f"r{n}": _rule(f"r{n}", f"s{n % streams}") for n in range(rules)},
        }
    ).encode()


def best_of_three(work: Callable[[], object]) -> float:
    """Return the processor seconds of the quickest of three runs."""
    times = []
    for _ in range(3):
        began = process_time()
        work()
        times.append(process_time() - began)
    return min(times)


def main() -> None:
    """Measure and print a table."""
    print("| Rules | Size, MB | Import, s | Export, s |\n|---|---|---|---|")
    for rules in _SIZES:
        content = document(rules)
        made = _import(content)
        imported = best_of_three(partial(_import, content))
        exported = best_of_three(partial(made.encoded, Wire.SEED))
        size = len(content) / 1e6
        print(f"| {rules:,} | {size:.1f} | {imported:.3f} | {exported:.3f} |", flush=True)
    seconds = best_of_three(lambda: [parse_source(_CREATE) for _ in range(_ROUNDS)])
    print(f"\nA CREATE with 20 fields: {seconds / _ROUNDS * 1e6:.0f} µs")


def _import(content: bytes) -> Document:
    applied = apply(Document(), decode(content), Mode.FULL)
    if not applied.succeeded:
        raise SystemExit(f"the import failed: {applied.errors}")
    return applied.document


def _source(kind: str, name: str) -> str:
    return (
        f"CREATE {kind} {name} (id BIGINT, temperature FLOAT, name STRING, place STRUCT("
        "latitude FLOAT, longitude FLOAT), tags ARRAY(STRING), seen DATETIME, ok BOOLEAN) "
        f'WITH (DATASOURCE="topic/{name}", FORMAT="JSON", KEY="id")'
    )


def _rule(rule_id: str, stream: str) -> str:
    sql = _SELECT.replace("demo", stream)
    mqtt = {"server": "tcp://127.0.0.1:1883", "topic": f"result/{rule_id}", "sendSingle": True}
    actions = [{"mqtt": mqtt}, {"log": {}}]
    return json.dumps({"id": rule_id, "sql": sql, "actions": actions})


if __name__ == "__main__":
    main()
