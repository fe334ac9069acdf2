"""POST, GET, DELETE /console/session/: sign in, say who is signed in, sign out."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.accounts.account_store import Accounts
from ferry.accounts.session_store import Sessions
from ferry.accounts.sign_in_codes import SignInCodes
from ferry.config import settings
from ferry.http import console_sessions
from ferry.telemetry import logger, metrics

app = http.resolver(authenticated=False)


@app.serve
def keep_session() -> Response[dict[str, Any]]:
    now, table_name = int(time.time()), settings().CONTROL_TABLE
    accounts, kept = Accounts(table_name), Sessions(table_name)
    match app.current_event.request_context.http.method:
        case "POST":
            codes = SignInCodes(table_name)
            return console_sessions.opened(app, now=now, accounts=accounts, kept=kept, codes=codes)
        case "DELETE":
            return console_sessions.closed(app, now=now, kept=kept)
        case _:
            return console_sessions.shown(app, now=now, accounts=accounts, kept=kept)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
