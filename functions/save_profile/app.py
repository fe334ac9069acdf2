"""PUT …/table/:table_id/profile/:profile/: save options of imports under a name."""

import time
from typing import Any

import msgspec
from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.config import settings
from ferry.http import request_body
from ferry.imports.saved_options import checked_options
from ferry.records.profile_store import Profiles
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def save_profile(table_id: str, profile: str) -> Response[dict[str, Any]]:
    config, caller = settings(), http.caller(app)
    table = Tables(config.CONTROL_TABLE).get(caller.app_id, http.path_number(table_id, "table"))
    saved = Profiles(config.CONTROL_TABLE, table.id).add(
        profile,
        checked_options(request_body.json_of_text(app), table),
        user_id=caller.user_id,
        now=int(time.time()),
    )
    return Response(201, content_types.APPLICATION_JSON, msgspec.structs.asdict(saved))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
