"""POST /config/uploads: store a file for file:// to name."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.config import settings
from ferry.configurations import engine
from ferry.configurations.config_uploads import ConfigUploads, folder_of
from ferry.configurations.history import History
from ferry.configurations.pointer_store import Configs
from ferry.fetch.fetcher import Fetcher
from ferry.fetch.web import Web
from ferry.http import request_body
from ferry.imports.multipart import uploaded_file
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def add_upload() -> Response[Any]:
    config, caller = settings(), http.caller(app)
    files = Files(config.CONFIG_BUCKET)
    history = History(
        caller.app_id,
        configs=Configs(config.CONTROL_TABLE),
        files=files,
        keep=config.REVISIONS_PER_APP,
    )
    uploads, body = ConfigUploads(history, files), request_body.body_bytes(app)
    kind = app.current_event.headers.get("content-type", "")
    if kind != engine.JSON:
        upload = uploaded_file(body, kind, part="uploadFile")
        return engine.text(201, uploads.add_file(upload.name, upload.content))
    fetcher = Fetcher(
        Web(config.FETCH_PRIVATE_NETWORKS, config.fetch_loopback, seconds=15),
        config.fetch_buckets,
        files,
        folder_of(caller.app_id),
    )
    path = uploads.add_described(body, caller, fetcher, now=int(time.time()))
    return engine.text(201, path)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
