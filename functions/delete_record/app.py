"""DELETE /oserve/v1/table/:table_id/record/:record_id/: delete a row."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.catalog.row_versions import RowCondition, refusal
from ferry.catalog.single_rows import RowGuard, delete_row
from ferry.config import settings
from ferry.records.registry import Tables
from ferry.records.row_store import Rows
from ferry.telemetry import logger, metrics

app = http.resolver(refuse=refusal)


@app.serve
def delete_record(table_id: str, record_id: str) -> Response[str]:
    tables = Tables(settings().CONTROL_TABLE)
    caller = http.caller(app)
    table = tables.holding_rows(caller.app_id, http.path_number(table_id, "table"))
    rows = Rows(settings().RECORDS_TABLE)
    guard = RowGuard(RowCondition(http.if_match(app)), caller.row_user(table.id))
    delete_row(table, record_id, guard, rows=rows, open_imports=tables.open_imports)
    return Response(204, body="")


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
