"""Events of SES, as EventBridge hands them on.

After https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html
"""

from datetime import UTC, datetime
from typing import Any

CONFIGURATION_SET = "ferry-mails"


def bounce(
    job_id: str, *addresses: str, kind: str = "Permanent", sub: str = "General", at: int = 10**9
) -> dict[str, Any]:
    """Return the event of a mail that bounced; `at` in Unix seconds."""
    recipients = [
        {
            "emailAddress": address,
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown",
        }
        for address in addresses
    ]
    detail = {
        "bounceType": kind,
        "bounceSubType": sub,
        "bouncedRecipients": recipients,
        "timestamp": _time(at),
        "feedbackId": "0100-feedback-000000",
        "reportingMTA": "dsn; mta.example.com",
    }
    return _event("Email Bounced", job_id, addresses, {"eventType": "Bounce", "bounce": detail})


def complaint(
    job_id: str, *addresses: str, kind: str | None = "abuse", at: int = 10**9
) -> dict[str, Any]:
    """Return the event of a mail that was marked as spam; `at` in Unix seconds."""
    detail: dict[str, Any] = {
        "complainedRecipients": [{"emailAddress": address} for address in addresses],
        "complaintSubType": None,
        "timestamp": _time(at),
        "feedbackId": "0100-feedback-000000",
        "userAgent": "ExampleCorp Feedback Loop (V0.01)",
        "arrivalDate": _time(at),
    }
    if kind:
        detail["complaintFeedbackType"] = kind
    return _event(
        "Email Complaint Received",
        job_id,
        addresses,
        {"eventType": "Complaint", "complaint": detail},
    )


def _event(
    detail_type: str, job_id: str, addresses: tuple[str, ...], detail: dict[str, Any]
) -> dict[str, Any]:
    mail = {
        "timestamp": _time(10**9),
        "source": "ferry@example.com",
        "sendingAccountId": "123456789012",
        "messageId": "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
        "destination": list(addresses),
        "headersTruncated": False,
        "headers": [],
        "commonHeaders": {"from": ["ferry@example.com"], "to": list(addresses)},
        "tags": {
            "ferry-job": [job_id],
            "ses:configuration-set": [CONFIGURATION_SET],
            "ses:source-ip": ["192.0.2.0"],
            "ses:from-domain": ["example.com"],
            "ses:caller-identity": ["ferry-SendNotice"],
        },
    }
    return {
        "version": "0",
        "id": "12345678-1234-1234-1234-123456789012",
        "detail-type": detail_type,
        "source": "aws.ses",
        "account": "123456789012",
        "time": _time(10**9),
        "region": "eu-west-1",
        "resources": ["arn:aws:ses:eu-west-1:123456789012:configuration-set/ferry-mails"],
        "detail": {**detail, "mail": mail},
    }


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:23] + "Z"
