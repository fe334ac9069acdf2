"""POST …/table/:table_id/export/estimate/: say what an export would take."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws import clients
from ferry.config import settings
from ferry.exports.export_estimate import estimate_export as estimate
from ferry.exports.export_options import ExportOptionsV15
from ferry.http import request_body
from ferry.records.registry import Tables
from ferry.records.store import Records
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def estimate_export(table_id: str) -> dict[str, Any]:
    config, caller = settings(), http.caller(app)
    tables = Tables(config.CONTROL_TABLE)
    table = tables.get(caller.app_id, http.path_number(table_id, "table"))
    return estimate(
        table,
        request_body.json_object(app, ExportOptionsV15).request,
        caller.row_user(table.id),
        row_cap=config.EXPORT_ROW_CAP,
        records=Records(config.RECORDS_TABLE),
        region=clients.region(),
    )


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
