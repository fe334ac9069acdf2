"""The round trip of `make demo`, its mails read in the mailbox, and how to go on from there."""

import json
import time
from itertools import count

from local.connection import Json
from local.instance import Failed, Instance
from local.story.configurations import ConfigurationStory
from local.story.new_table import NewTableStory
from local.story.output import say
from local.story.tables import TableStory
from local.visitor import Visitor


class Mailbox:
    """The mails of the demo's user, as the local engine keeps them."""

    def __init__(self, facts: Json, visitor: Visitor) -> None:
        self._facts = facts
        self._visitor = visitor

    def sent(self, job_id: str, _job: Json) -> str:
        """Wait for the mail of a job, show it and return the link in it."""
        mail = self._visitor.mail_of(job_id)
        say(f"Mail: {mail['subject']}")
        say(f"      {self._facts['mailbox_url']}{mail['id']}")
        words: list[str] = mail["text"].split()
        start = f"{self._facts['api_url']}/download/"
        return next((word for word in words if word.startswith(start)), "")


def run(instance: Instance) -> None:
    """Import and export sample data and check every cell of it."""
    if not instance.stack_file.exists():
        raise Failed("The service is not up: run make up")
    facts: Json = json.loads(instance.stack_file.read_text())
    folder, begun, steps = instance.state / "demo", time.monotonic(), count(1)
    folder.mkdir(exist_ok=True)
    visitor = Visitor(facts)
    client, mailbox = visitor.client, Mailbox(facts, visitor)
    table = TableStory(client, folder, mailbox).run(steps)
    NewTableStory(client, mailbox).run(steps)
    ConfigurationStory(client, folder, mailbox).run(steps)
    visitor.close()
    _say_how_to_go_on(facts, table, time.monotonic() - begun)


def _say_how_to_go_on(facts: Json, table: int, took: float) -> None:
    call = f"curl -sS -H 'Authorization: Bearer {facts['token']}'"
    url = f"{facts['api_url']}/oserve/v1/table/{table}"
    order = """-H 'Content-Type: application/json' -d '{"file_type":"json","mode":"all"}'"""
    print(f"""
Everything came out as it went in. It took {took:.0f} s.

Ferry is still up (make down stops it):
    {facts["console_url"]}   the console; sign in as {facts["mail"]}
    {facts["api_url"]}/   start here
    {facts["mailbox_url"]}   the mails
    make logs   what the functions write

To paste:
    .venv/bin/ferry login --stack .local/stack.json
    {call} {url}/
    {call} -F file=@examples/goods-with-bad-rows.csv {url}/import/
    {call} {order} {url}/export/
    curl {facts["api_url"]}/data/export
""")
