"""How many mails an app's jobs send in an hour (contract tables#quotas).

Mails beyond are held back, not dropped. Without a quota, an app that lets jobs fail by the thousand
would fill its user's inbox and use up what the whole account may send in a day.
https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
"""

from datetime import UTC, datetime

import msgspec

from ferry.aws.attributes import encode_item
from ferry.aws.entities import key, update_if
from ferry.errors import MailHeld

_HOUR_S = 3600
_KEEP_S = 86_400


class MailQuota(msgspec.Struct, frozen=True):
    """The mails that each app may send in an hour of the clock.

    Attributes:
        table_name: the control table.
        most: how many an app may send.

    """

    table_name: str
    most: int

    def take(self, app_id: str, *, now: int) -> None:
        """Count one more mail of the app in the hour of `now`, Unix seconds.

        Raises:
            MailHeld: it has sent as many as it may.

        """
        until = _next_hour(now)
        if not self._count(app_id, f"MAILS#{until}", until):
            raise MailHeld(
                f"the app has sent {self.most:,} mails this hour, and may send no more; this one "
                f"is sent after {datetime.fromtimestamp(until, UTC):%H:%M} UTC",
                until=until,
            )

    def take_link(self, app_id: str, *, now: int) -> bool:
        """Count one more link to sign in by that the app's users are mailed, if it may be.

        Apart from the mails of jobs: strangers may ask for links.
        """
        until = _next_hour(now)
        return self._count(app_id, f"LINKS#{until}", until)

    def _count(self, app_id: str, sort_key: str, until: int) -> bool:
        return update_if(
            self.table_name,
            key(f"APP#{app_id}", sort_key),
            # A lost answer, or a mail that SES does not take, counts as one mail too many.
            UpdateExpression="ADD sent :one SET expires_at = :expires",
            ConditionExpression="attribute_not_exists(sent) OR sent < :most",
            ExpressionAttributeValues=encode_item(
                {":one": 1, ":most": self.most, ":expires": until + _KEEP_S}
            ),
        )


def _next_hour(now: int) -> int:
    return now - now % _HOUR_S + _HOUR_S
