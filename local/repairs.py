"""Complete a deployment where ministack 1.5.33 does less than AWS.

Each repair does no harm where nothing is amiss, so an engine that learns to do it by itself needs
no change here.
"""

from local.aws import Clients
from local.instance import SENDER


def repair(clients: Clients) -> None:
    """Make the deployed stack behave as on AWS."""
    _make_concurrency_a_number(clients)
    _verify_domain(clients)


def _make_concurrency_a_number(clients: Clients) -> None:
    """Set each queue's concurrency to what it is, which a Number parameter left as a string.

    The comparison with a string fails, and with it the reading of every queue.
    """
    mappings = clients.functions.list_event_source_mappings()["EventSourceMappings"]
    for mapping in mappings:
        if "ScalingConfig" in mapping:  # boto3 has made the number in it one already
            clients.functions.update_event_source_mapping(
                UUID=mapping["UUID"], ScalingConfig=mapping["ScalingConfig"]
            )


def _verify_domain(clients: Clients) -> None:
    """Let mail pass from and to everyone at the sender's domain.

    On AWS that is the deployer's business; like an account still in SES's sandbox, the engine
    refuses addresses nobody has verified.
    """
    domain = SENDER.partition("@")[2]
    known = clients.ses.list_email_identities().get("EmailIdentities", [])
    if domain not in {identity.get("IdentityName") for identity in known}:
        clients.ses.create_email_identity(EmailIdentity=domain)
