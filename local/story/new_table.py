"""A file that no table is there for: previewed, made a table of, and imported."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from local.api import Api
from local.connection import Json
from local.instance import ROOT, Failed
from local.story.notices import Notices
from local.story.output import progress, say, shown, step

ARTICLES = ROOT / "examples" / "artikel.csv"


class NewTableStory:
    """One run of the story, with a file as a German spreadsheet saves it."""

    def __init__(self, api: Api, notices: Notices, file: Path = ARTICLES) -> None:
        self._api = api
        self._notices = notices
        self._file = file

    def run(self, steps: Iterator[int], watch: Callable[[int], None] = progress) -> int:
        """Tell it, in one of `steps`, and return the table's id."""
        step(next(steps), "A table from a file")
        told = self._api.preview(self._file)
        detected = told["detected"]
        say(f"{shown(self._file)}: delimiter {detected['delimiter']} decimal {detected['decimal']}")
        for field in told["schema"]["fields"]:
            say(f"  {field['name']}: {field['type']}")
        name = self._free_name()
        table = self._api.create_table({"name": name, "schema": told["schema"]})
        self._notices.expect(f"import into {name} ")
        options = {"columns": told["suggested"].get("columns", {})}
        job = self._api.finished(self._api.start_import(table, self._file, options), watch)
        self._check(job["counts"], told)
        self._notices.sent(job["job_id"], job)
        return table

    def _free_name(self) -> str:
        taken = self._api.tables()
        return next(name for n in count(1) if (name := f"articles_{n}") not in taken)

    def _check(self, counts: Json, told: Json) -> None:
        if told["rows_failing"] or counts["succeeded"] != told["rows_read"]:
            raise Failed(f"The preview promised {told['rows_read']} rows; the job has {counts}")
        first = ", ".join(map(str, told["rows"][0].values()))
        say(f"{counts['succeeded']} rows imported, as previewed; the first: {first}")
