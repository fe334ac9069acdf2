"""DELETE /console/users/:user_id/: delete a user of the app."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.accounts.account_store import Accounts
from ferry.accounts.session_store import Sessions
from ferry.accounts.users import remove_other
from ferry.config import settings
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def remove_user(user_id: str) -> Response[Any]:
    table_name, number = settings().CONTROL_TABLE, http.path_number(user_id, "user")
    accounts, sessions = Accounts(table_name), Sessions(table_name)
    remove_other(http.caller(app), number, accounts=accounts, sessions=sessions)
    return Response(204, body="")


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
