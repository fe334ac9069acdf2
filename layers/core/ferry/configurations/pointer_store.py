"""Configurations: which revision of each app's is in force, and what is known of every revision.

The documents themselves are files; here are their keys. A revision and the pointer to it are
written in one transaction, under the condition that nobody else has moved the pointer meanwhile.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec

from ferry.aws import clients, entities
from ferry.aws.attributes import encode_item
from ferry.aws.entities import key, to_item
from ferry.aws.transactions import commit
from ferry.errors import NotFound

_POINTER = "CONFIGURATION"
_REVISION = "REVISION#"
_LAST = 999_999_999
"""Of the numbers that a sort key has room for."""


class Cause(StrEnum):
    """The cause of a revision."""

    IMPORT = "import"
    ROLLBACK = "rollback"
    UPLOAD = "upload"


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of an app's configuration. It never changes, but that it may be erased.

    Attributes:
        number: from 1, without gaps.
        key: the file that holds the document, or the list of its parts.
        size: of the document, in bytes.
        provided_key: the file that lists what its plugins and services provide, "" for nothing.
        made_at: Unix seconds, UTC.
        user_id: who made it, 0 for nobody known.
        mode: of the import, "full" or "partial".
        job_id: of the import.
        of: the revision that a rollback brought back.
        failed: how many items of the import failed.
        skipped: how many were left out on purpose.
        restart: whatever runs the rules was asked to restart on it.
        outcome_key: the file with the outcome of the import, "" for none.
        erased_at: since when its document is gone, Unix seconds; 0 for one that is there.

    """

    number: int
    key: str
    size: int
    made_at: int
    user_id: int
    cause: Cause
    mode: str = ""
    job_id: str = ""
    of: int = 0
    failed: int = 0
    skipped: int = 0
    restart: bool = False
    provided_key: str = ""
    outcome_key: str = ""
    erased_at: int = 0


class Pointer(msgspec.Struct, frozen=True, kw_only=True):
    """The pointer to an app's revision in force.

    Attributes:
        revision: the one in force, 0 before the first.
        key: the file that holds its document.
        provided_key: the same for what its plugins and services provide, "" for nothing.
        outcome_key: the file with the outcome of the last import, "" before the first.
        restart_revision: the last revision that a restart was asked for, 0 if none ever was.

    """

    revision: int = 0
    key: str = ""
    outcome_key: str = ""
    restart_revision: int = 0
    provided_key: str = ""


class Configs:
    """Pointers and revisions in the control table."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def pointer(self, app_id: str) -> Pointer:
        """Return the pointer to the app's revision in force."""
        found = entities.get(self._table_name, _pk(app_id), _POINTER, Pointer)
        return found or Pointer()

    def revision(self, app_id: str, number: int) -> Revision:
        """Return a revision.

        Raises:
            NotFound: the app has none of that number, or it has been erased.

        """
        found = self.any_revision(app_id, number)
        if found.erased_at:
            raise NotFound(f"revision {number} has been erased")
        return found

    def any_revision(self, app_id: str, number: int) -> Revision:
        """Return a revision, erased or not.

        Raises:
            NotFound: the app has none of that number.

        """
        found = entities.get(self._table_name, _pk(app_id), _sort_key(number), Revision)
        if found is None:
            raise NotFound(f"revision {number} does not exist")
        return found

    def revisions(self, app_id: str) -> Iterator[Revision]:
        """Yield the app's revisions, erased ones too, the newest first."""
        items = entities.query(self._table_name, _pk(app_id), _REVISION, backwards=True)
        return (entities.from_item(item, Revision) for item in items)

    def oldest(self, app_id: str) -> Revision | None:
        """Return the oldest revision that there is, erased or not."""
        return next(self._between(app_id, 0, _LAST, backwards=False), None)

    def neighbours(self, app_id: str, number: int) -> tuple[Revision | None, Revision | None]:
        """Return the next older and the next newer revision that have not been erased."""
        older = self._between(app_id, 0, number - 1, backwards=True)
        newer = self._between(app_id, number + 1, _LAST, backwards=False)
        return (
            next((revision for revision in older if not revision.erased_at), None),
            next((revision for revision in newer if not revision.erased_at), None),
        )

    def mark_erased(self, app_id: str, number: int, *, now: int) -> Revision:
        """Note that a revision is erased from now on, Unix seconds, and return it."""
        answer = clients.dynamodb().update_item(
            TableName=self._table_name,
            Key=key(_pk(app_id), _sort_key(number)),
            UpdateExpression="SET erased_at = :now",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues=encode_item({":now": now}),
            ReturnValues="ALL_NEW",
        )
        return entities.from_item(answer["Attributes"], Revision)

    def remove(self, app_id: str, number: int) -> None:
        """Forget a revision whose files are gone."""
        entities.delete(self._table_name, _pk(app_id), _sort_key(number))

    def _between(
        self, app_id: str, first: int, last: int, *, backwards: bool
    ) -> Iterator[Revision]:
        pages = (
            clients.dynamodb()
            .get_paginator("query")
            .paginate(
                TableName=self._table_name,
                ConsistentRead=True,
                ScanIndexForward=not backwards,
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues=encode_item(
                    {":pk": _pk(app_id), ":first": _sort_key(first), ":last": _sort_key(last)}
                ),
                PaginationConfig={"PageSize": 10},
            )
        )
        return (entities.from_item(item, Revision) for page in pages for item in page["Items"])

    def writes(self, app_id: str, revision: Revision, pointer: Pointer) -> list[Any]:
        """Return the writes of a transaction that put `revision` in force.

        They fail when the revision before it is not in force any more.
        """
        put_pointer = {
            "TableName": self._table_name,
            "Item": {**key(_pk(app_id), _POINTER), **to_item(pointer)},
            "ConditionExpression": "revision = :before"
            if revision.number > 1
            else "attribute_not_exists(pk)",
        }
        if revision.number > 1:
            put_pointer["ExpressionAttributeValues"] = encode_item({":before": revision.number - 1})
        put_revision = {
            "TableName": self._table_name,
            "Item": {**key(_pk(app_id), _sort_key(revision.number)), **to_item(revision)},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        return [{"Put": put_pointer}, {"Put": put_revision}]

    def commit(self, writes: list[Any]) -> bool:
        """Make those writes, and return whether they were made."""
        return not commit(writes)


def _pk(app_id: str) -> str:
    return f"APP#{app_id}"


def _sort_key(number: int) -> str:
    return f"{_REVISION}{number:09d}"
