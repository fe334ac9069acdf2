"""Every request that no other route takes: 405 on a path that has other methods, else 404."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import engine, http
from ferry.errors import MethodNotAllowed, NotFound
from ferry.telemetry import logger, metrics

app = http.resolver(authenticated=False)


@app.route(".+", method=http.METHODS)
def refuse_request() -> Response[Any]:
    context = app.current_event.request_context
    known = context.route_key != "$default"
    if engine.serves(context.http.path):
        return engine.unknown(405 if known else 404)
    if not known:
        raise NotFound(f"there is nothing at {context.http.path}")
    raise MethodNotAllowed(f"{context.http.method} is not allowed here")


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
