"""Events on the account's default EventBridge bus."""

import msgspec

from ferry.aws import clients

_SOURCE = "ferry"


class EventNotSent(Exception):
    """EventBridge took the request but not the event; trying again may help."""


class Events:
    """The events that this application publishes on EventBridge."""

    def restart_requested(self, app_id: str, revision: int, job_id: str) -> None:
        """Say that whatever runs the app's rules is to restart on a revision.

        Raises:
            EventNotSent: the bus refused it.

        """
        detail = {"app_id": app_id, "revision": revision, "job_id": job_id}
        answer = clients.events().put_events(
            Entries=[
                {
                    "Source": _SOURCE,
                    "DetailType": "ConfigurationRestartRequested",
                    "Detail": msgspec.json.encode(detail).decode(),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise EventNotSent(answer["Entries"][0].get("ErrorCode", "unknown"))
