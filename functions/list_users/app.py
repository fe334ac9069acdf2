"""GET /console/users/: list the app's users."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.accounts.account_store import Accounts
from ferry.config import settings
from ferry.http import console_users
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def list_users() -> Response[dict[str, Any]]:
    return console_users.listed(app, accounts=Accounts(settings().CONTROL_TABLE))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
