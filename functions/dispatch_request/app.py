"""Every request that no route takes: passed on if a function serves its path, else 405 or 404."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.config import settings
from ferry.configurations import engine
from ferry.http import routes
from ferry.http.dispatch import dispatch
from ferry.telemetry import logger, metrics

app = http.resolver(authenticated=False)


@app.serve
def dispatch_request() -> Response[Any]:
    request = app.current_event.request_context.http
    if routes.of_engine(request.path):
        return engine.refuse(app, routes.served_at(request.path))
    match = routes.find(request.method, request.path)
    metrics.add_metric(name="RequestDispatched", unit="Count", value=1)
    return dispatch(app.current_event.raw_event, match, settings().api_functions)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
