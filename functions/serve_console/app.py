"""GET /console/ and what is under it: the console's page and its scripts, styles and pictures."""

from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.config import settings
from ferry.http import console_site
from ferry.telemetry import logger, metrics

app = http.resolver(authenticated=False)


@app.serve
def serve_console(file: str = "", asset: str = "") -> Response[Any]:
    return console_site.served(
        app,
        f"assets/{asset}" if asset else file,
        Path(__file__).with_name("site"),
        settings().store_hosts,
    )


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
