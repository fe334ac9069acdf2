"""A file that no table is there for: previewed, made a table of, and imported."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ferry_client import Client
from ferry_client.types import Job, JobCounts, Preview
from local.instance import ROOT, Failed
from local.story.notices import Notices
from local.story.output import progress, say, shown, step
from local.visitor import create_table, free_name

ARTICLES = ROOT / "examples" / "artikel.csv"


class NewTableStory:
    """One run of the story, with a file as a German spreadsheet saves it."""

    def __init__(self, client: Client, notices: Notices, file: Path = ARTICLES) -> None:
        self._client = client
        self._notices = notices
        self._file = file

    def run(self, steps: Iterator[int], watch: Callable[[Job], None] = progress) -> int:
        """Tell it, in one of `steps`, and return the table's id."""
        step(next(steps), "A table from a file")
        told = self._client.preview(self._file)
        detected = told["detected"]
        say(f"{shown(self._file)}: delimiter {detected['delimiter']} decimal {detected['decimal']}")
        for field in told["schema"]["fields"]:
            say(f"  {field['name']}: {field['type']}")
        name = free_name(self._client, "articles")
        table = create_table(self._client, {"name": name, "schema": told["schema"]})
        options = {"columns": told["suggested"].get("columns", {})}
        job = self._client.start_import(table, self._file, options=options).wait(watch)
        self._check(job["counts"], told)
        self._notices.sent(job["job_id"], dict(job))
        return table

    def _check(self, counts: JobCounts, told: Preview) -> None:
        if told["rows_failing"] or counts["succeeded"] != told["rows_read"]:
            raise Failed(f"The preview promised {told['rows_read']} rows; the job has {counts}")
        first = ", ".join(map(str, told["rows"][0].values()))
        say(f"{counts['succeeded']} rows imported, as previewed; the first: {first}")
