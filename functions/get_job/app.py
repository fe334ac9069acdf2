"""GET /oserve/v1/table/:table_id/export|import/:job_id/: show a job and its links."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws import clients
from ferry.aws.secret import link_key
from ferry.config import settings
from ferry.http.error_language import asked, job_in_language
from ferry.job_kinds import TABLE_JOBS
from ferry.jobs.job_store import Jobs
from ferry.jobs.view import own_job, view
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def get_job(table_id: str, job_id: str) -> dict[str, Any]:
    config = settings()
    kind = TABLE_JOBS[http.operation(app)]
    job = own_job(
        job_id,
        http.caller(app),
        kind,
        table_id=http.path_number(table_id, "table"),
        jobs=Jobs(config.CONTROL_TABLE),
    )
    shown = view(
        job,
        kind,
        link_key=link_key(config.LINK_SECRET_ARN),
        link_days=config.LINK_DAYS,
        region=clients.region(),
    )
    return job_in_language(shown, asked(app))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
