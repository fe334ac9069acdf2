"""POST …/table/:table_id/import/estimate/: say what an import would take."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws import clients
from ferry.config import settings
from ferry.http import request_body
from ferry.imports.bodies import asked_estimate
from ferry.imports.import_estimate import estimate_import as estimate
from ferry.records.profile_store import Profiles
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def estimate_import(table_id: str) -> dict[str, Any]:
    config, caller, event = settings(), http.caller(app), app.current_event
    tables = Tables(config.CONTROL_TABLE)
    table = tables.get(caller.app_id, http.path_number(table_id, "table"))
    file, options, file_bytes = asked_estimate(
        request_body.body_bytes(app),
        event.headers.get("content-type", ""),
        event.query_string_parameters,
        Profiles(config.CONTROL_TABLE, table.id).get,
    )
    return estimate(
        file,
        options,
        table,
        file_bytes=file_bytes,
        unpacked_limit=config.IMPORT_UNPACKED_BYTES,
        region=clients.region(),
    )


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
