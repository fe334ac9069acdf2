"""GET /oserve/v1/table/:table_id/: show a table and its schema."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.catalog.tables import view
from ferry.config import settings
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def get_table(table_id: str) -> dict[str, Any]:
    tables = Tables(settings().CONTROL_TABLE)
    return view(tables.get(http.caller(app).app_id, http.path_number(table_id, "table")))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
