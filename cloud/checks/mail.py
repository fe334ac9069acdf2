"""Check whether SES sends mails from the address, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cloud.account import CONFIG
from cloud.checks.target import Target
from cloud.findings import Finding, Level
from local.template import template

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import GetAccountResponseTypeDef

SENDER, SANDBOX, SET = "Sender", "SES", "Configuration set"


def check_sender(target: Target) -> Iterator[Finding]:
    """Look for a verified identity that the address may send by.

    Either the address or its domain; a verified domain stands for those below it:
    https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
    """
    if not target.mail_from:
        yield Finding(Level.UNSEEN, SENDER, "say which address mails come from: MAIL_FROM=…")
        return
    if not _has_ses(target.mail_region):
        yield Finding(Level.UNSEEN, SENDER, f"no SES in {target.mail_region} to look for it")
        return
    ses = _ses(target)
    states = {name: _verified(ses, name) for name in identities(target.mail_from)}
    verified = [name for name, state in states.items() if state]
    if verified:
        yield Finding(Level.FINE, SENDER, f"{target.mail_from} is verified by {verified[0]}")
        return
    known = [name for name, state in states.items() if state is not None]
    yield _unverified(target, known[0] if known else "")


def check_account(target: Target) -> Iterator[Finding]:
    """Look whether SES is there, whether it sends at all, and whether to everyone.

    https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
    """
    if _has_ses(target.mail_region):
        yield judged(_ses(target).get_account(), target.mail_region)
    elif target.region.startswith("cn-"):
        text = "there is none in China: jobs run, and each mail is recorded as refused"
        yield Finding(Level.ADVICE, SANDBOX, text)
    else:
        yield Finding(
            Level.BLOCKS,
            SANDBOX,
            f"there is none in {target.mail_region}",
            "Name a region that has it, and verify the sender there: "
            'PARAMETERS="MailRegion=ap-southeast-1"',
        )


def check_set(target: Target) -> Iterator[Finding]:
    """Look whether the configuration set that mails are to be sent by is there."""
    name = target.parameters.get("MailConfigurationSet")
    if not name:
        yield Finding(Level.FINE, SET, "the stack makes its own where CloudFormation can")
        return
    ses = _ses(target)
    try:
        ses.get_configuration_set(ConfigurationSetName=name)
    except ses.exceptions.NotFoundException:
        yield Finding(
            Level.BLOCKS,
            SET,
            f"there is no {name} in {target.mail_region}",
            "Make it, or leave the parameter MailConfigurationSet out:\n"
            f"    aws sesv2 create-configuration-set --configuration-set-name {name}"
            f" --region {target.mail_region}",
        )
        return
    yield Finding(Level.FINE, SET, f"{name} is in {target.mail_region}")


def identities(address: str) -> list[str]:
    """Return the SES identities that let an address send: itself, its domain, parent domains."""
    labels = address.rpartition("@")[2].split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return [address, *(domains or labels)]


def judged(account: GetAccountResponseTypeDef, region: str) -> Finding:
    """Report whether the account can send, and how many mails."""
    if not account["SendingEnabled"] or account["EnforcementStatus"] == "SHUTDOWN":
        return Finding(
            Level.BLOCKS,
            SANDBOX,
            f"sending is switched off in {region}",
            "SES's console says why and what to do: jobs would run, but no mail would be sent.",
        )
    quota = account["SendQuota"]
    text = f"{quota['Max24HourSend']:,.0f} mails a day, {quota['MaxSendRate']:,.0f} a second"
    if account["ProductionAccessEnabled"]:
        return Finding(Level.FINE, SANDBOX, text)
    return Finding(
        Level.ADVICE,
        SANDBOX,
        f"in its sandbox: {text}, and to verified addresses only",
        "Enough to try it out. Verify each tester's address:\n"
        "    aws sesv2 create-email-identity --email-identity tester@example.com"
        f" --region {region}\n"
        "For other people ask for production access in SES's console (Account dashboard); it takes "
        "a day or so.",
    )


def _ses(target: Target) -> SESV2Client:
    return target.session.client("sesv2", region_name=target.mail_region, config=CONFIG)


def _has_ses(region: str) -> bool:
    without: Any = template()["Conditions"]["HasSes"]
    return region not in [each["Fn::Equals"][1] for each in without["Fn::Not"][0]["Fn::Or"]]


def _verified(ses: SESV2Client, name: str) -> bool | None:
    """Whether an identity may send; None where there is none."""
    try:
        return ses.get_email_identity(EmailIdentity=name)["VerifiedForSendingStatus"]
    except ses.exceptions.NotFoundException:
        return None


def _unverified(target: Target, pending: str) -> Finding:
    address, domain = target.mail_from, target.mail_from.rpartition("@")[2]
    place = f"--region {target.mail_region}"
    if pending:
        text = f"{pending} is known in {target.mail_region} but not verified yet"
        todo = (
            "An address: open the link in the mail that SES sent to it. "
            "A domain: publish the DNS records that this shows:\n"
            f"    aws sesv2 get-email-identity --email-identity {pending} {place}"
        )
        return Finding(Level.BLOCKS, SENDER, text, todo)
    return Finding(
        Level.BLOCKS,
        SENDER,
        f"neither {address} nor {domain} is verified in {target.mail_region}",
        "Verify the address, then open the link in the mail that SES sends to it:\n"
        f"    aws sesv2 create-email-identity --email-identity {address} {place}\n"
        f"or the whole domain, by DNS records that the answer lists: --email-identity {domain}",
    )
