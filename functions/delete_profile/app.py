"""DELETE …/table/:table_id/profile/:profile/: delete a profile with its versions."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.config import settings
from ferry.records.profile_store import Profiles
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def delete_profile(table_id: str, profile: str) -> Response[str]:
    config, caller = settings(), http.caller(app)
    table = Tables(config.CONTROL_TABLE).get(caller.app_id, http.path_number(table_id, "table"))
    Profiles(config.CONTROL_TABLE, table.id).delete(profile)
    return Response(204, body="")


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
