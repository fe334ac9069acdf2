"""The whole service in one process: the real handlers, events as AWS sends them, moto behind."""

import base64
import importlib
import json
import re
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import boto3
import pytest
import requests
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses import ses_backends
from moto.sqs import sqs_backends

from ferry.accounts import identity as accounts
from ferry.accounts.account_store import Accounts
from local.gateway import READINGS, USUAL, Gateway, Reading
from local.proxy_events import MOST_HEAD_BYTES, Request, event
from tests.declared import route_keys

REGION = "eu-west-1"
_DOMAIN = f"api.execute-api.{REGION}.amazonaws.com"
_MOST_ANSWER = 6 << 20
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

_CONSUMERS = {
    "ExportQueue": "process_export",
    "ImportQueue": "process_import",
    "ConfigQueue": "process_config",
    "NoticeQueue": "send_notice",
    "PurgeQueue": "purge_table",
    "MailEventQueue": "record_mail_event",
    "UploadQueue": "start_uploaded_import",
}


@dataclass
class Answer:
    """The answer that a caller of the HTTP API gets."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Mail:
    """A mail as SES took it; moto keeps the HTML part only."""

    to: list[str]
    subject: str
    html: str

    @property
    def links(self) -> list[str]:
        """The paths of the download links, each once."""
        return self._paths("download")

    @property
    def upload_links(self) -> list[str]:
        """The paths of the links to pages that take corrected rows, each once."""
        return self._paths("upload")

    def _paths(self, first: str) -> list[str]:
        found = re.findall(rf'href="https://ferry\.test(/{first}/[^"]+)"', self.html)
        return list(dict.fromkeys(found))


@dataclass
class Service:
    """Calls routes and drains queues as API Gateway and Lambda would."""

    reading: ClassVar[Reading] = READINGS[USUAL]

    stack: SimpleNamespace
    context: SimpleNamespace
    token: str = ""
    _sqs: Any = field(default_factory=lambda: boto3.client("sqs"), repr=False)
    _sent: int = field(default=0, repr=False)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request through the template's routes to the function that serves it.

        `body` may be bytes, or anything else to be sent as JSON.
        """
        sent = {"host": "ferry.test", "content-type": "application/json"}
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        secret = self.token if token is None else token
        if secret:
            sent.setdefault("authorization", f"Bearer {secret}")
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        request = Request(method, path, sent, raw)
        assert request.head_bytes <= MOST_HEAD_BYTES, "API Gateway refuses it"
        selected = gateway(self.reading).select(method, request.path)
        answer = handler(selected.function)(event(request, selected, _DOMAIN), self.context)
        assert len(json.dumps(answer, ensure_ascii=False)) <= _MOST_ANSWER, "Lambda refuses it"
        raw = answer.get("body") or ""
        decoded = base64.b64decode(raw) if answer.get("isBase64Encoded") else raw.encode()
        headers, cookies = answer.get("headers") or {}, answer.get("cookies") or []
        return Answer(answer["statusCode"], headers, decoded, cookies)

    def send_file(self, path: str, name: str, content: bytes, headers: dict[str, str]) -> Answer:
        """Send a file as `upload` does, with more headers."""
        return self.upload(path, name, content, more_headers=headers)

    def upload(
        self,
        path: str,
        name: str,
        content: bytes,
        *,
        part: str = "file",
        more_headers: dict[str, str] | None = None,
        **options: Any,
    ) -> Answer:
        """Send a file as multipart/form-data, as curl -F does."""
        boundary = uuid4().hex
        disposition = f'form-data; name="{part}"; filename="{name}"'
        body = (
            f"--{boundary}\r\nContent-Disposition: {disposition}\r\n"
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        body += content + f"\r\n--{boundary}--\r\n".encode()
        content_type = f"multipart/form-data; boundary={boundary}"
        headers = {**(more_headers or {}), "content-type": content_type}
        return self.call("POST", path, body, headers=headers, **options)

    def put(self, form: dict[str, Any], content: bytes, *, name: str = "blob") -> int:
        """Upload a file with the form that the upload route gave; return S3's status.

        S3 puts the file's name in the place of ``${filename}``, moto does not.
        https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
        """
        sent = {**form["fields"], "key": form["fields"]["key"].replace("${filename}", name)}
        fields = {field: (None, value) for field, value in sent.items()}
        files = {**fields, "file": (name, content)}
        answer = requests.post(form["upload_url"], files=files, timeout=10, allow_redirects=False)
        return answer.status_code

    def messages(self, queue: str) -> list[dict[str, Any]]:
        """Take the messages that wait in a queue, named by its logical id, as SQS records."""
        name = getattr(self.stack, queue).rpartition("/")[2]
        # Most queues are empty: to ask moto by a request took a tenth of the time of all tests.
        if not sqs_backends[DEFAULT_ACCOUNT_ID][REGION].get_queue(name).messages:
            return []
        received = self._sqs.receive_message(
            QueueUrl=getattr(self.stack, queue), MaxNumberOfMessages=10, AttributeNames=["All"]
        )
        return [_record(message) for message in received.get("Messages", [])]

    def deliver(self, queue: str, records: list[dict[str, Any]]) -> list[str]:
        """Hand records to the queue's consumer; return the ids of those that failed."""
        context = SimpleNamespace(**{**vars(self.context), "aws_request_id": str(uuid4())})
        answer = handler(_CONSUMERS[queue])({"Records": records}, context)
        failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        for record in records:
            if record["messageId"] not in failed:
                self._sqs.delete_message(
                    QueueUrl=getattr(self.stack, queue), ReceiptHandle=record["receiptHandle"]
                )
        return failed

    def deliver_mail_event(self, event: dict[str, Any]) -> None:
        """Hand over what EventBridge has been told by SES."""
        self._sqs.send_message(QueueUrl=self.stack.MailEventQueue, MessageBody=json.dumps(event))
        assert self.drain("MailEventQueue")

    def run_jobs(self) -> None:
        """Deliver what waits, until nothing waits."""
        while any(self.drain(queue) for queue in _CONSUMERS):
            pass

    def drain(self, queue: str) -> bool:
        """Deliver what waits in a queue; return whether anything did."""
        records = self.messages(queue)
        if records:
            assert self.deliver(queue, records) == []
        return bool(records)

    def mails(self) -> list[Mail]:
        """Return the mails sent since the last call."""
        sent = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        new, self._sent = sent[self._sent :], len(sent)
        return [_mail(message) for message in new]

    def download(self, path: str) -> bytes:
        """Follow a mailed link to the file's bytes."""
        answer = self.call("GET", path, token="")
        assert answer.status == 302, answer
        url = urlsplit(answer.headers["Location"])
        key = unquote(url.path).removeprefix(f"/{self.stack.ResultsBucket}").lstrip("/")
        got = boto3.client("s3").get_object(Bucket=self.stack.ResultsBucket, Key=key)
        return got["Body"].read()

    def create_table(self, name: str, fields: list[dict[str, Any]], **more: Any) -> int:
        """Create a table and return its id."""
        body = {"name": name, "schema": {"fields": fields}, **more}
        answer = self.call("POST", "/oserve/v1/table/", body)
        assert answer.status == 201, answer
        return answer.json()["id"]


def new_app(stack: SimpleNamespace, name: str = "A", mail: str = "owner@a.test") -> str:
    """Make an app with one user, whose mail address SES knows, and return the user's token."""
    storage = Accounts(stack.ControlTable)
    credentials = accounts.create_app(name, now=1_500_000_000, accounts=storage)
    return new_user(stack, credentials.client_id, mail)


def new_user(stack: SimpleNamespace, app_id: str, mail: str, language: str = "en") -> str:
    """Make a user of an app and return their token."""
    storage = Accounts(stack.ControlTable)
    user = accounts.create_user(
        app_id, name=mail, mail=mail, language=language, now=1_500_000_000, accounts=storage
    )
    return accounts.issue_token(user, now=4_000_000_000, accounts=storage)


def save_time(patch: pytest.MonkeyPatch) -> None:
    """Spare tests what takes most of their time and tells nothing.

    moto makes an RSA key for each encrypted table, and boto3 reads its models anew for each
    session.
    """
    session = boto3.Session()
    once = cache(session.client)
    key = "arn:aws:kms:eu-west-1:123456789012:key/unused"
    patch.setattr("moto.dynamodb.models.table.Table._get_default_encryption_key", lambda *_: key)
    patch.setattr("boto3.client", lambda name, **o: session.client(name, **o) if o else once(name))


def handler(function: str) -> Any:
    """Return the handler of a function, named by its folder."""
    return importlib.import_module(f"functions.{function}.app").lambda_handler


@cache
def gateway(reading: Reading) -> Gateway:
    """Return the template's HTTP API; functions are named by their folders."""
    return Gateway(route_keys(), reading)


class Functions:
    """Lambda's client, of which the handlers are called in this process."""

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        context = SimpleNamespace(
            function_name=FunctionName,
            memory_limit_in_mb=128,
            aws_request_id=str(uuid4()),
            invoked_function_arn=f"arn:aws:lambda:{REGION}:123456789012:function:{FunctionName}",
            get_remaining_time_in_millis=lambda: 900_000,
        )
        answer = handler(FunctionName)(json.loads(Payload), context)
        return {"Payload": BytesIO(json.dumps(answer).encode())}


def _record(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:queue",
        "awsRegion": REGION,
    }


def _mail(message: Any) -> Mail:
    return Mail(message.destinations["ToAddresses"], message.subject, message.body)
