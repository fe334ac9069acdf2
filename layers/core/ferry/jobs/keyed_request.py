"""Requests that are sent with an Idempotency-Key: they start one job, however often they are sent.

Source: contract tables#idempotency. The header is that of the IETF's draft
(https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/).

The key is stored in the transaction that stores the job, on the condition that it is free: of two
requests at the same moment one starts a job, and a refused request leaves no trace.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

import hashlib
import re
from typing import Any, cast

import msgspec

from ferry.accounts.request_context import RequestContext
from ferry.aws import clients
from ferry.aws.attributes import Item, decode_item, encode_item
from ferry.aws.entities import key as primary_key
from ferry.errors import Conflict, Malformed

KEEP_S = 86_400
"""A key is free again a day after it was used."""

_KEY = re.compile(r"[!-~]{1,255}")


class KeyedRequest(msgspec.Struct, frozen=True):
    """A request that may be sent again.

    Attributes:
        pk: the partition key of its item; it says whose key it is, and the key's SHA-256.
        digest: SHA-256 of what is asked for.
        now: Unix seconds.

    """

    pk: str
    digest: str
    now: int

    def write(self, table_name: str, job_id: str) -> dict[str, Any]:
        """Return the Put that takes the key for a job; it fails where the key is taken."""
        values = {"job_id": job_id, "digest": self.digest, "expires_at": self.now + KEEP_S}
        return {
            "TableName": table_name,
            "Item": {**self._key, **encode_item(values)},
            # DynamoDB drops what has expired within days, not at once.
            # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
            "ConditionExpression": "attribute_not_exists(pk) OR expires_at <= :now",
            "ExpressionAttributeValues": encode_item({":now": self.now}),
        }

    def first_job(self, table_name: str) -> str:
        """Return the id of the job that the key has started, "" for none.

        Raises:
            Conflict: another request took the key.

        """
        answer = clients.dynamodb().get_item(
            TableName=table_name, Key=self._key, ConsistentRead=True
        )
        taken = decode_item(answer.get("Item", {}))
        if not taken or taken["expires_at"] <= self.now:
            return ""
        if taken["digest"] != self.digest:
            raise Conflict(
                "Idempotency-Key: the key was used less than 24 hours ago with another request;"
                " take a new key for each request"
            )
        return cast("str", taken["job_id"])

    @property
    def _key(self) -> Item:
        return primary_key(self.pk, "IDEMPOTENCY")


def keyed(context: RequestContext, operation: str, *asked: object) -> KeyedRequest | None:
    """Return the request of the caller's key; None where it has none.

    Args:
        context: of the request. The key may be quoted; those of other callers are other keys.
        operation: what kind of job is asked for, of which table.
        asked: what for, without what differs from one try to the next, such as a form's boundary.

    Raises:
        Malformed: the header is no key.

    """
    header, caller = context.idempotency_key, context.caller
    if header is None:
        return None
    name = header[1:-1] if len(header) > 2 and header[0] == header[-1] == '"' else header
    if not _KEY.fullmatch(name):
        raise Malformed("Idempotency-Key: must have 1 to 255 visible ASCII characters")
    hashed = hashlib.sha256(name.encode()).hexdigest()
    digest = hashlib.sha256(operation.encode())
    for part in asked:
        text = part if isinstance(part, bytes) else msgspec.json.encode(part)
        digest.update(b"%d:%b" % (len(text), text))
    pk = f"IDEMPOTENCY#{caller.app_id}#{caller.user_id}#{hashed}"
    return KeyedRequest(pk, digest.hexdigest(), context.now_ms // 1000)
