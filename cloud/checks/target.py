"""The target of the checks: an account, a stack and its parameters."""

from dataclasses import dataclass, field

import boto3


@dataclass(frozen=True)
class Target:
    """A stack that is or is going to be in an account.

    Attributes:
        session: the account, with its region.
        parameters: of the template, as they would be deployed.

    """

    session: boto3.Session
    stack: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def region(self) -> str:
        """The stack's region."""
        return self.session.region_name

    @property
    def mail_from(self) -> str:
        """The address that mails come from; empty where nobody has said."""
        return self.parameters.get("MailFrom", "")

    @property
    def mail_region(self) -> str:
        """The region whose SES sends the mails."""
        return self.parameters.get("MailRegion") or self.region

    @property
    def place(self) -> str:
        """The stack's region as options of the AWS command line."""
        return f"--region {self.region}"
