"""GET /data/revisions/:n: the document of one revision."""

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
from ferry.configurations.viewing import revision_number
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def get_revision(number: str) -> Response[Any]:
    config = settings()
    history = History(
        http.caller(app).app_id,
        configs=Configs(config.CONTROL_TABLE),
        files=Files(config.CONFIG_BUCKET),
    )
    wanted = revision_number(number)
    content = history.document(wanted).encoded(engine.wire(app))
    if len(content) <= engine.DIRECT_BYTES:
        return engine.attachment(app, content)
    key = history.revision(wanted).key
    return engine.elsewhere(Files(config.CONFIG_BUCKET).presigned_url(key, f"{wanted}.json"))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
