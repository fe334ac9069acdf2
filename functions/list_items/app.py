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


@app.get("/streams")
def list_streams() -> Response[Any]:
    return engine.json(names(_history(), Section.STREAMS))


@app.get("/tables")
def list_tables() -> Response[Any]:
    return engine.json(names(_history(), Section.TABLES))


@app.get("/rules")
def list_rules() -> Response[Any]:
    return engine.json([{"id": id_} for id_ in names(_history(), Section.RULES)])


@app.get("/rules/<rule_id>")
def get_rule(rule_id: str) -> Response[Any]:
    return engine.json(rule_text(_history(), rule_id))


@app.get("/metadata/<kind>/yaml/<type_>")
def get_conf_keys(kind: str, type_: str) -> Response[Any]:
    return engine.json(conf_keys_text(_history(), kind, type_))


def _history() -> History:
    configs, files = Configs(settings().CONTROL_TABLE), Files(settings().CONFIG_BUCKET)
    return History(http.caller(app).app_id, configs=configs, files=files)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
