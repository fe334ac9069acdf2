"""POST /oserve/v1/table/:table_id/import/upload/part/: give out URLs of an upload's parts."""

import time
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.config import settings
from ferry.http import request_body
from ferry.imports.parted_uploads import go_on, parts_in, upload_of
from ferry.imports.upload_store import Uploads
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def continue_upload(table_id: str) -> dict[str, Any]:
    config, caller = settings(), http.caller(app)
    table = Tables(config.CONTROL_TABLE).get(caller.app_id, http.path_number(table_id, "table"))
    asked = parts_in(request_body.json_body(app))
    uploads = Uploads(config.CONTROL_TABLE)
    return go_on(
        asked,
        upload_of(asked.file_key, table, caller, uploads, now=int(time.time())),
        Files(config.UPLOAD_BUCKET),
        role_arn=config.UPLOAD_ROLE_ARN,
    )


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
