"""Mail through SES."""

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


def send(*, sender: str, to: str, subject: str, text: str, html: str) -> None:
    """Send one mail with a plain and an HTML part.

    Raises:
        MailRefused: SES refuses the address, the sender or the mail.

    """
    try:
        clients.ses().send_email(
            FromEmailAddress=sender,
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
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in _REFUSALS:
            raise MailRefused(error.response["Error"]["Message"]) from error
        raise
