"""How often strangers may ask for what costs something, such as mails."""

import msgspec

from ferry.aws import entities
from ferry.aws.attributes import encode_item

_HOUR_S = 3600


class Attempts(msgspec.Struct, frozen=True):
    """Counts what strangers may ask for, by hour of the clock.

    Attributes:
        table_name: the control table.

    """

    table_name: str

    def count(self, subject_sha256: str, *, most: int, now: int) -> int:
        """Count an attempt in the hour of `now`; return 0, or the seconds to wait if too many."""
        until = now - now % _HOUR_S + _HOUR_S
        counted = entities.update_if(
            self.table_name,
            entities.key(f"ATTEMPTS#{subject_sha256}", f"HOUR#{until}"),
            UpdateExpression="ADD made :one SET expires_at = :expires",
            ConditionExpression="attribute_not_exists(made) OR made < :most",
            ExpressionAttributeValues=encode_item(
                {":one": 1, ":most": most, ":expires": until + _HOUR_S}
            ),
        )
        return 0 if counted else until - now
