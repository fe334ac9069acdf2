"""GET /streams, /tables, /rules and /metadata/…: what the configuration in force holds."""

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
from ferry.configurations.viewing import conf_keys_text, names, rule_text
from ferry.kuiper.document.sections import Section
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def list_items(**named: str) -> Response[Any]:
    configs, files = Configs(settings().CONTROL_TABLE), Files(settings().CONFIG_BUCKET)
    history = History(http.caller(app).app_id, configs=configs, files=files)
    section, *rest = http.segments(app)
    if "rule_id" in named:
        return engine.json(rule_text(history, named["rule_id"]))
    if "type" in named:
        return engine.json(conf_keys_text(history, rest[0], named["type"]))
    found = names(history, Section(section))
    return engine.json([{"id": id_} for id_ in found] if section == Section.RULES else found)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
