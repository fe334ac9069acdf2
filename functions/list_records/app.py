"""GET /oserve/v1/table/:table_id/record/: list the rows that are meant, the newest first."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.catalog.listing import list_rows, listing_asked_for, seen_by
from ferry.catalog.paging import envelope
from ferry.config import settings
from ferry.records.registry import Tables
from ferry.records.row_store import Rows
from ferry.records.store import Records
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def list_records(table_id: str) -> Response[str]:
    export = f"/oserve/v1.5/table/{table_id}/export/"
    query = http.query(app, f"POST a long condition to {export}, as `where` in the body")
    tables = Tables(settings().CONTROL_TABLE)
    table = tables.holding_rows(http.caller(app).app_id, http.path_number(table_id, "table"))
    user = http.caller(app).row_user(table.id)
    listing = seen_by(user, listing_asked_for(query, table.schema))
    rows, total = list_rows(
        table,
        listing,
        records=Records(settings().RECORDS_TABLE),
        rows=Rows(settings().RECORDS_TABLE),
        time_left=http.time_left(app),
    )
    return http.page_of_rows(envelope(rows, listing.page, total, app.current_event.path))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
