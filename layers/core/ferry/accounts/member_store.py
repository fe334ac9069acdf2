"""Changes of an app's users that its owners make."""

from collections.abc import Mapping

import msgspec

from ferry.accounts.account_store import User
from ferry.accounts.roles import Role
from ferry.aws import entities
from ferry.aws.attributes import encode_item


class MemberStore(msgspec.Struct, frozen=True):
    """The users of apps in the control table.

    Attributes:
        table_name: the control table.

    """

    table_name: str

    def set_role(self, user: User, role: Role, tables: Mapping[str, Role]) -> None:
        """Give the user another role, unless they have been deleted."""
        entities.update_if(
            self.table_name,
            entities.key(*_member_key(user)),
            UpdateExpression="SET #role = :role, #tables = :tables",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#role": "role", "#tables": "tables"},
            ExpressionAttributeValues=encode_item(
                {":role": str(role), ":tables": {key: str(held) for key, held in tables.items()}}
            ),
        )


def _member_key(user: User) -> tuple[str, str]:
    return f"APP#{user.app_id}", f"USER#{user.id}"
