"""GET and POST /data/export and their kin: the configuration in force as a file."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.config import settings
from ferry.configurations import engine
from ferry.configurations.configuration_export import EXPORTS, hand_over
from ferry.configurations.history import History
from ferry.configurations.pointer_store import Configs
from ferry.http import request_body
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def export_configuration(number: str = "") -> Response[Any]:
    config, caller = settings(), http.caller(app)
    files = Files(config.CONFIG_BUCKET)
    history = History(caller.app_id, configs=Configs(config.CONTROL_TABLE), files=files)
    export = EXPORTS[app.current_event.request_context.route_key]
    content = export(history, number.encode() or request_body.body_bytes(app), engine.wire(app))
    if len(content) <= engine.DIRECT_BYTES:
        return engine.attachment(app, content)
    return engine.elsewhere(hand_over(content, caller.app_id, Files(config.RESULTS_BUCKET)))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
