"""POST /api/oauth2/access_token/: a code or a refresh token for tokens."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.accounts.account_store import Accounts
from ferry.accounts.grant_store import Grants
from ferry.accounts.grants import issue_tokens
from ferry.accounts.identity import TOKEN_LIFE_S
from ferry.config import settings
from ferry.http import oauth
from ferry.telemetry import logger, metrics

app = oauth.resolver()


@app.serve
def issue_token() -> Response[dict[str, Any]]:
    table_name, asked = settings().CONTROL_TABLE, oauth.token_request(app)
    tokens = issue_tokens(
        asked.credentials,
        asked.grant,
        now=int(time.time()),
        accounts=Accounts(table_name),
        grants=Grants(table_name),
    )
    metrics.add_metric(name="TokenIssued", unit="Count", value=1)
    return oauth.granted(
        {
            "access_token": tokens.access_token,
            "token_type": "Bearer",
            "expires_in": TOKEN_LIFE_S,
            "refresh_token": tokens.refresh_token,
            "scope": "write",
        }
    )


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
