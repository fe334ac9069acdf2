"""GET /async/task/:id: how far an import is, and what became of it."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.config import settings
from ferry.configurations import engine
from ferry.configurations.answers import task_body, task_headers
from ferry.configurations.tasks import own_task
from ferry.jobs.job_store import Jobs
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def get_task(task_id: str) -> Response[Any]:
    config = settings()
    job = own_task(task_id, http.caller(app), Jobs(config.CONTROL_TABLE))
    body = task_body(job, Files(config.CONFIG_BUCKET))
    return engine.text(200, body, **task_headers(job))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
