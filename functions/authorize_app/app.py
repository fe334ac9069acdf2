"""POST /api/oauth2/hydrogen/openapi/authorize/: an app's credentials for a code."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.accounts import grants
from ferry.accounts.account_store import Accounts
from ferry.accounts.grant_store import Grants
from ferry.config import settings
from ferry.http import oauth
from ferry.telemetry import logger, metrics

app = oauth.resolver()


@app.serve
def authorize_app() -> Response[dict[str, Any]]:
    table_name = settings().CONTROL_TABLE
    code = grants.authorize_app(
        oauth.authorize_request(app).credentials,
        now=int(time.time()),
        accounts=Accounts(table_name),
        grants=Grants(table_name),
    )
    metrics.add_metric(name="CodeIssued", unit="Count", value=1)
    return oauth.granted({"code": code, "expires_in": grants.CODE_LIFE_S})


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
