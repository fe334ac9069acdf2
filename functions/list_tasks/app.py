"""GET /async/task: the imports of the app's configuration."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.config import settings
from ferry.configurations import engine
from ferry.configurations.task_list import TASKS, page_of_tasks
from ferry.jobs.job_feed import JobFeed
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def list_tasks() -> Response[Any]:
    query = app.current_event.query_string_parameters or {}
    feed = JobFeed(settings().CONTROL_TABLE, TASKS)
    return engine.json(page_of_tasks(http.caller(app).app_id, query, feed))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
