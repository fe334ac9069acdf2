"""`make smoke`: the demo's story against a deployed stack, over the address that users have."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from urllib.parse import urlsplit

import boto3

from admin.target import deployed_outputs
from cloud.account import CONFIG, find_stack, session
from cloud.guest import ENDING, Service, guest
from cloud.plan import Order, plan
from cloud.sent_mails import SentMails
from cloud.stages import stage
from ferry.jobs.job_store import Jobs
from local.connection import Connection
from local.instance import ENVIRONMENTS, Failed
from local.story.configurations import ConfigurationStory
from local.story.output import say, step
from local.story.tables import ROWS, TableStory

SIMULATOR = "success@simulator.amazonses.com"
"""SES's own: it takes mails of every account, one in the sandbox, too, and nobody has to read them.

https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
"""


def run(order: Order, mail_to: str = "", *, rows: int = ROWS) -> None:
    """Run the story to its last comparison; always remove everything that was made for it.

    Args:
        order: which stack.
        mail_to: who gets the mails; SES's simulator if nobody is named.
        rows: of the file that goes in and out.

    Raises:
        Failed: something did not go as it should.

    """
    of = stage(order.stage)
    account = session(order.region or of.region)
    name, region = plan(order, of, account.region_name).stack, account.region_name
    service = _service(name, account)
    # By the API's host: stacks of one name are in several accounts, and what a killed try-out has
    # left is removed by the next one of the same service.
    host = urlsplit(service.url).netloc.replace(":", "-")
    folder = ENVIRONMENTS / "smoke" / f"{name}-{host}"
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Trying out {name} in {region}: {service.url}", flush=True)
    begun, steps, to = time.monotonic(), count(1), mail_to or SIMULATOR
    with _endable(), guest(service, to, folder / "app") as visitor:
        mails = SentMails(Jobs(service.control_table), service.url, to)
        table = TableStory(visitor.client, folder, mails, rows=rows).run(steps)
        ConfigurationStory(visitor.client, folder, mails).run(steps)
        _edges(visitor.connection, table, next(steps))
    print(f"\nEverything came out as it went in. It took {time.monotonic() - begun:.0f} s.")
    if mail_to:
        print(f"Look whether {mails.count} mails came to {mail_to}; their files are gone by now.")


def _service(stack: str, account: boto3.Session) -> Service:
    outputs = deployed_outputs(stack, account.region_name, None)
    found = find_stack(account.client("cloudformation", config=CONFIG), stack)
    public_url = found.parameters.get("PublicUrl", "") if found else ""
    return Service(
        url=public_url or outputs["ApiUrl"],
        control_table=outputs["ControlTable"],
        config_bucket=outputs["ConfigBucket"],
        upload_bucket=outputs["UploadBucket"],
    )


def _edges(visitor: Connection, table: int, number: int) -> None:
    """Check the routing of API Gateway: each path's route, and paths without one."""
    step(number, "Paths with and without a slash, and what is refused")
    tables = f"/oserve/v1/table/{table}"
    for method, path, status in (
        ("GET", f"{tables}/", 200),
        ("GET", tables, 200),
        ("GET", f"{tables}/record/?limit=1", 200),
        ("GET", f"{tables}/record?limit=1", 200),
        ("GET", f"{tables}/nothing/", 404),
        ("GET", "/oserve/v9/table/", 404),
        ("GET", "/data/revisions", 200),
        ("GET", "/nothing", 404),
    ):
        visitor.call(method, path, status)
        say(f"{method} {path}: {status}")
    refused = visitor.call("GET", f"{tables}/export/", 405)
    if "POST" not in refused.headers.get("Allow", ""):
        raise Failed(f"GET {tables}/export/: 405 without Allow: POST")
    say(f"GET {tables}/export/: 405, Allow: {refused.headers['Allow']}")
    visitor.call("GET", f"{tables}/", 401, headers={"Authorization": "Bearer none"})
    say(f"GET {tables}/ with a token that is none: 401")


@contextmanager
def _endable() -> Iterator[None]:
    """Take every request to end as Ctrl-C, which leaves time to clean up."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = {each: signal.signal(each, end) for each in ENDING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
