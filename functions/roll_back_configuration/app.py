"""POST /data/rollback: put an earlier revision in force again."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.config import settings
from ferry.configurations import engine
from ferry.configurations.history import History
from ferry.configurations.pointer_store import Configs
from ferry.configurations.viewing import shown, wanted_revision
from ferry.http import request_body
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def roll_back_configuration() -> Response[Any]:
    config = settings()
    history = History(
        http.caller(app).app_id,
        configs=Configs(config.CONTROL_TABLE),
        files=Files(config.CONFIG_BUCKET),
        keep=config.REVISIONS_PER_APP,
    )
    number = wanted_revision(request_body.body_bytes(app))
    revision = history.roll_back(number, http.caller(app), now=int(time.time()))
    metrics.add_metric(name="ConfigurationRolledBack", unit="Count", value=1)
    return engine.json(shown(revision))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
