"""The mailer that the settings describe."""

from ferry.aws.mailer import Mailer
from ferry.config import settings


def mailer() -> Mailer:
    """Return the sender of this service's mails."""
    config = settings()
    return Mailer(
        sender=config.MAIL_FROM,
        region=config.MAIL_REGION,
        configuration_set=config.MAIL_CONFIGURATION_SET,
    )
