"""Stores the demo app and prints how to use it. Runs with a function's environment."""

import json
import time

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import create_app, create_user, issue_token
from ferry.config import settings

MAIL = "demo@example.com"


def main() -> None:
    """Store an app, a user and a token."""
    accounts, now = Accounts(settings().CONTROL_TABLE), int(time.time())
    app = create_app("demo", now=now, accounts=accounts)
    user = create_user(
        app.client_id, name="Demo", mail=MAIL, language="en", now=now, accounts=accounts
    )
    facts = {
        "token": issue_token(user, now=now, accounts=accounts),
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "mail": MAIL,
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
