"""POST /console/users/, PUT /console/users/:user_id/role/: invite a user, change a role."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.accounts.account_store import Accounts
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.http import console_users
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def save_user(user_id: str = "") -> Response[dict[str, Any]]:
    config, accounts = settings(), Accounts(settings().CONTROL_TABLE)
    if user_id:
        return console_users.changed(app, user_id, accounts=accounts)
    return console_users.invited(
        app,
        now=int(time.time()),
        accounts=accounts,
        queue=Queue(config.NOTICE_QUEUE_URL),
        most_an_hour=config.MAILS_PER_APP_AND_HOUR,
    )


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
