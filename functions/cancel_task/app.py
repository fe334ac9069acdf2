"""POST /async/task/:id/cancel: ask for the end of an import."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.config import settings
from ferry.configurations import engine
from ferry.configurations.tasks import cancel_task as ask_for_end
from ferry.jobs.job_store import Jobs
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def cancel_task(task_id: str) -> Response[Any]:
    ask_for_end(task_id, http.caller(app), Jobs(settings().CONTROL_TABLE))
    return engine.text(200, "cancel success")


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
