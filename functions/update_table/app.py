"""PUT /oserve/v1/table/:table_id/: change a table."""

import time
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.catalog import tables as catalog
from ferry.catalog.table_request import TableChangesIn
from ferry.config import settings
from ferry.http import request_body
from ferry.jobs.job_store import Jobs
from ferry.records.registry import Tables
from ferry.records.store import Records
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def update_table(table_id: str) -> dict[str, Any]:
    tables = Tables(settings().CONTROL_TABLE)
    table = tables.get(http.caller(app).app_id, http.path_number(table_id, "table"))
    changed = catalog.update_table(
        table,
        request_body.json_object(app, TableChangesIn).changes,
        now_ms=time.time_ns() // 1_000_000,
        tables=tables,
        records=Records(settings().RECORDS_TABLE),
        jobs=Jobs(settings().CONTROL_TABLE),
    )
    return catalog.view(changed)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
