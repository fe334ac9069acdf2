"""DELETE /data/revisions/:number: erase what a revision held."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.config import settings
from ferry.configurations import engine
from ferry.configurations.pointer_store import Configs
from ferry.configurations.revision_erasure import RevisionErasure
from ferry.configurations.viewing import revision_number, shown
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def delete_revision(number: str) -> Response[Any]:
    config = settings()
    erasure = RevisionErasure(
        http.caller(app).app_id,
        configs=Configs(config.CONTROL_TABLE),
        files=Files(config.CONFIG_BUCKET),
        requests=Files(config.UPLOAD_BUCKET),
    )
    revision = erasure.erase(revision_number(number), now=int(time.time()))
    metrics.add_metric(name="RevisionErased", unit="Count", value=1)
    return engine.json(shown(revision))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
