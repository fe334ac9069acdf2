"""DELETE /config/uploads/:name: delete a file."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.config import settings
from ferry.configurations import engine
from ferry.configurations.config_uploads import ConfigUploads
from ferry.configurations.history import History
from ferry.configurations.pointer_store import Configs
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def delete_upload(name: str) -> Response[Any]:
    config = settings()
    files = Files(config.CONFIG_BUCKET)
    history = History(
        http.caller(app).app_id,
        configs=Configs(config.CONTROL_TABLE),
        files=files,
        keep=config.REVISIONS_PER_APP,
    )
    ConfigUploads(history, files).delete(name, http.caller(app), now=int(time.time()))
    return engine.text(200, "ok")


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
