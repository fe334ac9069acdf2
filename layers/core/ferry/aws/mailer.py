"""Mail through SES."""

from collections.abc import Mapping
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.errors import MailRefused

_REFUSALS = frozenset(
    {
        "AccountSuspendedException",
        "BadRequestException",
        "MailFromDomainNotVerifiedException",
        "MessageRejected",
        "SendingPausedException",
    }
)
"""https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors"""


class Mailer(msgspec.Struct, frozen=True, kw_only=True):
    """Sends mails from one address.

    Attributes:
        sender: an address that a verified identity covers.
        region: whose SES sends; "" where there is none.
        configuration_set: by which SES reports events; "" for that of the identity, if it has one.

    """

    sender: str
    region: str
    configuration_set: str

    def send(self, to: str, *, subject: str, text: str, html: str, tags: Mapping[str, str]) -> None:
        """Send one mail with a plain and an HTML part.

        Args:
            to: one address.
            subject: one line.
            text: the plain part.
            html: the HTML part.
            tags: come back with each event of the mail. SES takes ASCII letters, digits, - and _.
                https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html

        Raises:
            MailRefused: SES refuses the address, the sender or the mail.

        """
        if not self.region:
            raise MailRefused("no SES: the deployment's parameter MailRegion can name a region")
        optional: Any = {}
        if self.configuration_set:
            optional["ConfigurationSetName"] = self.configuration_set
        try:
            clients.ses(self.region).send_email(
                FromEmailAddress=self.sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": subject, "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": text, "Charset": "UTF-8"},
                            "Html": {"Data": html, "Charset": "UTF-8"},
                        },
                    }
                },
                EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
                **optional,
            )
        except ClientError as error:
            # All others, such as throttling, are raised: the notice is due again.
            if error.response["Error"]["Code"] in _REFUSALS:
                raise MailRefused(error.response["Error"]["Message"]) from error
            raise
