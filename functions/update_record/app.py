"""PUT /oserve/v1/table/:table_id/record/:record_id/: change columns of a row."""

import time
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.catalog.row_versions import RowCondition, refusal
from ferry.catalog.single_rows import RowGuard, update_row
from ferry.config import settings
from ferry.http import request_body
from ferry.records.registry import Tables
from ferry.records.row_store import Rows
from ferry.telemetry import logger, metrics

app = http.resolver(refuse=refusal)


@app.serve
def update_record(table_id: str, record_id: str) -> dict[str, Any]:
    tables = Tables(settings().CONTROL_TABLE)
    caller = http.caller(app)
    table = tables.holding_rows(caller.app_id, http.path_number(table_id, "table"))
    return update_row(
        table,
        record_id,
        request_body.json_body(app),
        RowGuard(RowCondition(http.if_match(app)), caller.row_user(table.id)),
        now=int(time.time()),
        rows=Rows(settings().RECORDS_TABLE),
    )


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
