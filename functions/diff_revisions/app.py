"""GET /data/diff: what changed between revisions or by an import, as text or as JSON."""

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
from ferry.configurations.tasks import own_task
from ferry.configurations.viewing import (
    difference,
    difference_data,
    difference_text,
    task_difference,
)
from ferry.jobs.job_store import Jobs
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def diff_revisions() -> Response[Any]:
    config = settings()
    history = History(
        http.caller(app).app_id,
        configs=Configs(config.CONTROL_TABLE),
        files=Files(config.CONFIG_BUCKET),
    )
    if task := engine.parameter(app, "task"):
        job = own_task(task, http.caller(app), Jobs(config.CONTROL_TABLE))
        found = task_difference(job, history, Files(config.UPLOAD_BUCKET))
    else:
        found = difference(history, engine.parameter(app, "from"), engine.parameter(app, "to"))
    if engine.JSON in app.current_event.headers.get("accept", ""):
        return engine.json(difference_data(found))
    return engine.text(200, difference_text(found))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
