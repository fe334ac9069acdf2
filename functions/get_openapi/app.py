"""GET /openapi.json: the OpenAPI document of this API, as `make openapi` wrote it."""

from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

import ferry
from ferry import http
from ferry.telemetry import logger, metrics

app = http.resolver(authenticated=False)


@app.serve
def get_openapi() -> Response[str]:
    # Browsers may read it from anywhere: it is no secret, and viewers live on other sites.
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
    return Response(200, content_types.APPLICATION_JSON, _document(), headers=headers)


@cache
def _document() -> str:
    return Path(ferry.__file__).with_name("openapi.json").read_text("utf-8")


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
