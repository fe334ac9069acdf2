"""The part of `make demo` that is about a rule engine's configuration."""

import json
from collections.abc import Callable
from pathlib import Path

from local.api import Api, Json
from local.instance import ROOT, Failed

_EXAMPLE = ROOT / "examples" / "engine.json"
_RULE = {"sql": "SELECT * FROM demo WHERE temperature > 50", "actions": [{"log": {}}]}
_SUBJECT = "configuration is at revision"

type Say = Callable[[str], None]


class ConfigDemo:
    """Imports, looks, changes, compares and goes back."""

    def __init__(self, api: Api, folder: Path, say: Say) -> None:
        self.api = api
        self.folder = folder
        self.say = say

    def run(self) -> None:
        """Tell it all."""
        document: Json = json.loads(_EXAMPLE.read_text("utf-8"))
        first = self._import(document)
        exported = self._export("engine.json")
        self._check_same(document, json.loads(exported))
        self._import({"rules": {"rule2": json.dumps(_RULE)}}, "?partial=1")
        self.say("Its difference:")
        for line in self.api.get("/data/diff").decode().splitlines():
            self.say(f"  {line}")
        self.api.send("/data/rollback", {"revision": first})
        if self._export("engine-again.json") != exported:
            raise Failed("The configuration that was rolled back to is not the one of before")
        self.say(f"Rolled back to revision {first}: the export is the same to the byte")

    def _import(self, document: Json, query: str = "") -> int:
        """Import a document, say what the mail says, and return the revision."""
        seen = len(self.api.mails(_SUBJECT))
        answer = self.api.send(f"/data/import{query}", {"content": json.dumps(document)})
        if answer["ErrorMsg"]:
            raise Failed(f"The import failed: {answer}")
        status: Json = json.loads(self.api.get("/data/import/status"))
        revision: int = json.loads(self.api.get("/data/revisions"))["current"]
        items = sum(map(len, document.values()))
        self.say(f"POST /data/import{query}: {items} items, now revision {revision}")
        self.say(f"GET /data/import/status: {sum(map(len, status.values()))} errors")
        self.say(f"Mail: {self.api.next_mail(_SUBJECT, seen)['subject']}")
        return revision

    def _export(self, name: str) -> bytes:
        content = self.api.get("/data/export")
        (self.folder / name).write_bytes(content)
        self.say(f"GET /data/export: {len(content):,} bytes")
        return content

    def _check_same(self, document: Json, exported: Json) -> None:
        """Configurations come out with their keys sorted; all else as it went in."""
        for section, items in document.items():
            for key, text in items.items():
                came = exported[section][key]
                same = json.loads(came) == json.loads(text) if "Config" in section else came == text
                if not same:
                    raise Failed(f"{section} {key} went in as {text} and came out as {came}")
        self.say("Every item came out as it went in")
