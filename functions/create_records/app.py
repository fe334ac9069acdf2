"""POST /oserve/v1/table/:table_id/record/: insert one row, or an array of at most 1000."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.catalog.single_rows import insert_row, insert_rows
from ferry.config import settings
from ferry.http import request_body
from ferry.records.registry import Tables
from ferry.records.unique_rows import UniqueRecords
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def create_records(table_id: str) -> Response[dict[str, Any]]:
    caller = http.caller(app)
    tables = Tables(settings().CONTROL_TABLE)
    table = tables.holding_rows(caller.app_id, http.path_number(table_id, "table"))
    body = request_body.json_body(app)
    insert = insert_rows if isinstance(body, list) else insert_row
    answer = insert(
        table,
        body,
        caller,
        now_ms=time.time_ns() // 1_000_000,
        records=UniqueRecords(settings().RECORDS_TABLE),
    )
    return Response(201, content_types.APPLICATION_JSON, answer)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
