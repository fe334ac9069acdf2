"""DELETE /console/sessions/:session_id/: end one of the caller's sessions."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.accounts.session_store import Sessions
from ferry.accounts.sessions import revoke_session
from ferry.config import settings
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def end_session(session_id: str) -> Response[Any]:
    revoke_session(http.caller(app), session_id, sessions=Sessions(settings().CONTROL_TABLE))
    return Response(204, body="")


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
