"""GET /oserve/v1/table/: list the app's tables."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.catalog.paging import fitting_envelope, page_asked_for
from ferry.catalog.tables import view
from ferry.config import settings
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def list_tables() -> dict[str, Any]:
    page = page_asked_for(app.current_event.query_string_parameters)
    caller = http.caller(app)
    tables = Tables(settings().CONTROL_TABLE).of_app(caller.app_id)
    tables = [table for table in tables if caller.access.sees(table.id)]
    shown = [view(table) for table in tables[page.offset : page.offset + page.limit]]
    return fitting_envelope(shown, page, len(tables), app.current_event.path)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
