"""Users by their mail addresses, whatever app is theirs."""

import msgspec

from ferry.accounts.account_store import User, mail_scope
from ferry.aws import clients, entities
from ferry.aws.attributes import encode_item

_INDEX = "by_scope"


class Addresses(msgspec.Struct, frozen=True):
    """The index of users' mail addresses.

    Attributes:
        table_name: the control table.

    """

    table_name: str

    def users_of(self, mail: str) -> list[User]:
        """Return the users with that address, in whatever case, by app and id.

        The index is a moment behind the table, and holds keys alone.
        """
        pages = (
            clients.dynamodb()
            .get_paginator("query")
            .paginate(
                TableName=self.table_name,
                IndexName=_INDEX,
                KeyConditionExpression="#scope = :scope",
                ExpressionAttributeNames={"#scope": "scope"},
                ExpressionAttributeValues=encode_item({":scope": mail_scope(mail)}),
            )
        )
        keys = [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]]
        found = (entities.get(self.table_name, pk, sk, User) for pk, sk in keys)
        users = (user for user in found if user and mail_scope(user.mail) == mail_scope(mail))
        return sorted(users, key=lambda user: (user.app_id, user.id))

    def add(self, user: User) -> None:
        """Let `users_of` find a user whom a release before the console has stored."""
        entities.update_if(
            self.table_name,
            entities.key(f"APP#{user.app_id}", f"USER#{user.id}"),
            UpdateExpression="SET #scope = :scope",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#scope": "scope"},
            ExpressionAttributeValues=encode_item({":scope": mail_scope(user.mail)}),
        )
