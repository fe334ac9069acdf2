"""The round trip of `make demo`: sample data in and out, told step by step."""

import json
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

from local.api import Api, Json
from local.comparison import bare_pointers, check_equal, read_csv, read_json, typed
from local.config_demo import ConfigDemo
from local.instance import ROOT, Failed, Instance

_EXAMPLES = ROOT / "examples"
_KEY = "sku"
_KEPT = {"created_by": "integer", "created_at": "integer"}
"""Built-in columns that an import keeps when the file has them."""


class Demo:
    """One telling of it. An export goes out once a minute and table, hence the second table."""

    def __init__(self, instance: Instance) -> None:
        self.facts: Json = json.loads(instance.stack_file.read_text())
        self.api = Api(self.facts)
        self.folder = instance.state / "demo"
        self.folder.mkdir(exist_ok=True)
        self.definition: Json = json.loads((_EXAMPLES / "goods.table.json").read_text("utf-8"))
        self.types = {f["name"]: f["type"] for f in self.definition["schema"]["fields"]}
        self.begun = time.monotonic()

    def run(self) -> None:
        """Tell it all."""
        goods = self._make_goods()
        name = self._free_name()
        table, copy = self._make_tables(name, f"{name}_copy")
        step(2, "In: the file, in one multipart request")
        self._import(table, name, goods)
        step(3, "Out as CSV")
        exported = self._export(table, name, "csv")
        cells = check_equal(read_csv(goods, _KEY), read_csv(exported, _KEY), self.types)
        say(f"All {cells:,} cells are what went in")
        step(4, "That CSV file into a second table, and out again as JSON")
        self._import(copy, f"{name}_copy", exported)
        self._compare_with_json(exported, self._export(copy, f"{name}_copy", "json"))
        step(5, "A file with bad rows")
        self._import_bad_rows(table, name)
        step(6, "A rule engine's configuration: in, out, changed, compared, rolled back")
        ConfigDemo(self.api, self.folder, say).run()
        self._say_how_to_go_on(table)

    def _make_goods(self) -> Path:
        step(1, "A file and two tables")
        goods = self.folder / "goods.csv"
        made = subprocess.run(
            [sys.executable, _EXAMPLES / "make_goods.py"], capture_output=True, check=True
        )
        goods.write_bytes(made.stdout)
        rows = len(read_csv(goods, _KEY))
        say(f"{shown(goods)}: {rows:,} rows, {size(goods.stat().st_size)}")
        return goods

    def _free_name(self) -> str:
        """A name for this telling's tables: demo_1, demo_2 and so on."""
        taken = self.api.tables()
        return next(name for n in count(1) if (name := f"demo_{n}") not in taken)

    def _make_tables(self, *names: str) -> list[int]:
        made = [self.api.create_table(self.definition | {"name": name}) for name in names]
        kinds = ", ".join(dict.fromkeys(self.types.values()))
        for name, table in zip(names, made, strict=True):
            say(f"{name}, table {table}")
        say(f"each with {len(self.types)} fields: {kinds}")
        return made

    def _import(self, table: int, name: str, file: Path) -> tuple[Json, Json]:
        """Import a file; return the job's counts and the mail."""
        subject, since = f"import into {name} ", time.monotonic()
        seen = len(self.api.mails(subject))
        job = self.api.finished(self.api.start_import(table, file), progress)
        counts: Json = job["counts"]
        if counts["total"] != counts["succeeded"] + counts["failed"]:
            raise Failed(f"The counts of the import do not add up: {counts}")
        say(
            f"{counts['total']:,} rows read, {counts['succeeded']:,} imported, "
            f"{counts['failed']:,} refused, in {time.monotonic() - since:.1f} s"
        )
        mail = self.api.next_mail(subject, seen)
        self._show(mail)
        return counts, mail

    def _export(self, table: int, name: str, file_type: str) -> Path:
        subject, since = f"export of {name} ", time.monotonic()
        seen = len(self.api.mails(subject))
        job = self.api.finished(self.api.start_export(table, file_type), progress)
        rows = job["progress"]["rows_done"]
        say(f"{rows:,} rows written in {time.monotonic() - since:.1f} s")
        mail = self.api.next_mail(subject, seen)
        self._show(mail)
        file = self.folder / f"{name}.{file_type}"
        length = self.api.download(self._mailed_link(mail), file)
        say(f"Downloaded through the mailed link: {shown(file)}, {size(length)}")
        return file

    def _compare_with_json(self, before: Path, after: Path) -> None:
        types = self.types | _KEPT
        went_in = typed(read_csv(before, _KEY), types)
        came_out = bare_pointers(read_json(after, _KEY), types)
        cells = check_equal(went_in, came_out, types)
        say(f"All {cells:,} values of the JSON file are those of the CSV file")

    def _import_bad_rows(self, table: int, name: str) -> None:
        counts, mail = self._import(table, name, _EXAMPLES / "goods-with-bad-rows.csv")
        failed = counts["failed"]
        report = self.folder / "failed-rows.csv"
        self.api.download(self._mailed_link(mail), report)
        rows = read_csv(report, "line")
        if not failed or len(rows) != failed:
            raise Failed(f"{failed} rows failed but {shown(report)} has {len(rows)}")
        say(f"The refused rows, to mend and send again: {shown(report)}")
        for line, row in rows.items():
            say(f"  line {line}, {row['field'] or 'the row'}: {row['reason']}")

    def _mailed_link(self, mail: Json) -> str:
        start = f"{self.facts['api_url']}/download/"
        words: list[str] = mail["text"].split()
        link = next((word for word in words if word.startswith(start)), None)
        if link is None:
            raise Failed(f"The mail has no link that begins with {start}:\n{mail['text']}")
        return link

    def _show(self, mail: Json) -> None:
        say(f"Mail: {mail['subject']}")
        say(f"      {self.facts['mailbox_url']}{mail['id']}")

    def _say_how_to_go_on(self, table: int) -> None:
        took = time.monotonic() - self.begun
        call = f"curl -sS -H 'Authorization: Bearer {self.facts['token']}'"
        url = f"{self.facts['api_url']}/oserve/v1/table/{table}"
        order = """-H 'Content-Type: application/json' -d '{"file_type":"json","mode":"all"}'"""
        print(f"""
Everything came out as it went in. It took {took:.0f} s.

Ferry is still up (make down stops it):
    {self.facts["api_url"]}/   start here
    {self.facts["mailbox_url"]}   the mails
    make logs   what the functions write

To paste:
    {call} {url}/
    {call} -F file=@examples/goods-with-bad-rows.csv {url}/import/
    {call} {order} {url}/export/
    curl {self.facts["api_url"]}/data/export
""")


def run(instance: Instance) -> None:
    """Carry sample data in and out and check every cell of it."""
    if not instance.stack_file.exists():
        raise Failed("The service is not up: run make up")
    Demo(instance).run()


def step(number: int, title: str) -> None:
    """Print a heading."""
    print(f"\n{number}. {title}", flush=True)


def say(text: str) -> None:
    """Print a line under the heading, over whatever progress it shows."""
    start = "\r\x1b[K" if sys.stdout.isatty() else ""
    print(f"{start}   {text}", flush=True)


def progress(rows: int) -> None:
    """Show how far a job is, where someone watches."""
    if sys.stdout.isatty():
        print(f"\r   {rows:,} rows so far", end="", flush=True)


def shown(path: Path) -> str:
    """Return a path as one would type it from the project's folder."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def size(length: int) -> str:
    """Return a number of bytes for people."""
    return f"{length / 1_000_000:.1f} MB" if length >= 100_000 else f"{length:,} bytes"
