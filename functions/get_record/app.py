"""GET /oserve/v1/table/:table_id/record/:record_id/: show a row."""

from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.catalog.row_versions import etag
from ferry.catalog.single_rows import get_row
from ferry.config import settings
from ferry.records.registry import Tables
from ferry.records.row_store import Rows
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def get_record(table_id: str, record_id: str) -> Response[dict[str, Any]]:
    tables = Tables(settings().CONTROL_TABLE)
    caller = http.caller(app)
    table = tables.holding_rows(caller.app_id, http.path_number(table_id, "table"))
    user = caller.row_user(table.id)
    row = get_row(table, record_id, user, rows=Rows(settings().RECORDS_TABLE))
    return Response(200, content_types.APPLICATION_JSON, row, headers={"ETag": etag(row)})


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
