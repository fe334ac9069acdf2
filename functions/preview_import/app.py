"""POST …/table/:table_id/import/preview/, …/table/preview/: say what an import would do."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.config import settings
from ferry.fetch.web import Web
from ferry.http import request_body
from ferry.imports.bodies import asked_preview
from ferry.imports.fetched import Remote
from ferry.imports.fetched_head import fetched_head
from ferry.imports.preview import preview
from ferry.imports.saved_options import no_profile
from ferry.records.profile_store import Profiles
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def preview_import(table_id: str = "") -> dict[str, Any]:
    config, caller, event = settings(), http.caller(app), app.current_event
    tables = Tables(config.CONTROL_TABLE)
    table = tables.get(caller.app_id, http.path_number(table_id, "table")) if table_id else None
    find = Profiles(config.CONTROL_TABLE, table.id).get if table else no_profile
    content_type = event.headers.get("content-type", "")
    file, options = asked_preview(
        request_body.body_bytes(app), content_type, event.query_string_parameters, find
    )
    if isinstance(file, Remote):
        web = Web(config.FETCH_PRIVATE_NETWORKS, config.fetch_loopback)
        file = fetched_head(file, options, web=web, most_bytes=config.IMPORT_BODY_BYTES)
    return preview(file, options, table, unpacked_limit=config.IMPORT_UNPACKED_BYTES)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
