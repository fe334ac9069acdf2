"""A rule engine's configuration: in, out, changed, compared, rolled back."""

import json
from collections.abc import Iterator
from pathlib import Path

from ferry_client import Client
from local.connection import Json
from local.instance import ROOT, Failed
from local.story.notices import Notices
from local.story.output import say, step

_EXAMPLE = ROOT / "examples" / "engine.json"
_RULE = {"sql": "SELECT * FROM demo WHERE temperature > 50", "actions": [{"log": {}}]}


class ConfigurationStory:
    """Imports, looks, changes, compares and goes back."""

    def __init__(self, client: Client, folder: Path, notices: Notices) -> None:
        self._client = client
        self._kept = client.configuration
        self._folder = folder
        self._notices = notices

    def run(self, steps: Iterator[int]) -> None:
        """Tell it all, under the next of `steps`."""
        title = "A rule engine's configuration: in, out, changed, compared, rolled back"
        step(next(steps), title)
        document: Json = json.loads(_EXAMPLE.read_text("utf-8"))
        first = self._import(document)
        exported = self._export("engine.json")
        self._check_same(document, json.loads(exported))
        self._import({"rules": {"rule2": json.dumps(_RULE)}}, partial=True)
        say("Its difference:")
        for line in self._kept.difference().splitlines():
            say(f"  {line}")
        self._kept.roll_back(first)
        if self._export("engine-again.json") != exported:
            raise Failed("The configuration that was rolled back to is not the one of before")
        say(f"Rolled back to revision {first}: the export is the same to the byte")

    def _import(self, document: Json, *, partial: bool = False) -> int:
        """Import a document, say what the mail says, and return the revision."""
        failed = self._kept.import_(document, partial=partial)
        if failed:
            raise Failed(f"The import failed: {failed}")
        revision = self._kept.revisions()["revisions"][0]
        query = "?partial=1" if partial else ""
        items = sum(map(len, document.values()))
        say(f"POST /data/import{query}: {items} items, now revision {revision['number']}")
        say(f"GET /data/import/status: {sum(map(len, self._kept.status().values()))} errors")
        self._notices.sent(revision["job_id"], {})
        return int(revision["number"])

    def _export(self, name: str) -> bytes:
        content = self._client.transport.call("GET", "/data/export").content
        (self._folder / name).write_bytes(content)
        say(f"GET /data/export: {len(content):,} bytes")
        return content

    def _check_same(self, document: Json, exported: Json) -> None:
        """Configurations come out with their keys sorted; all else as it went in."""
        for section, items in document.items():
            for key, text in items.items():
                came = exported[section][key]
                same = json.loads(came) == json.loads(text) if "Config" in section else came == text
                if not same:
                    raise Failed(f"{section} {key} went in as {text} and came out as {came}")
        say("Every item came out as it went in")
