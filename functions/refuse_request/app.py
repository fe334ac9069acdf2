"""Every request that no other route takes: 405 on a path that has other methods, else 404."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.configurations import engine
from ferry.errors import MethodNotAllowed, NotFound
from ferry.http.routes import methods_at
from ferry.telemetry import logger, metrics

app = http.resolver(authenticated=False)


@app.route(".+", method=http.METHODS)
def refuse_request() -> Response[Any]:
    request = app.current_event.request_context.http
    methods = methods_at(request.path)
    if engine.serves(request.path):
        return engine.refuse(app, methods)
    if not methods:
        raise NotFound(f"there is nothing at {request.path}")
    raise MethodNotAllowed(request.method, methods)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
