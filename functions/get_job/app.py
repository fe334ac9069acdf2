"""GET /oserve/v1/table/:table_id/export|import/:job_id/, …/job/:job_id/: show a job."""

from functools import partial
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
from ferry.jobs.view import find_job, view, whole_view
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def get_job(job_id: str, table_id: str = "") -> dict[str, Any]:
    config, caller = settings(), http.caller(app)
    of = (http.path_number(table_id, "table"), http.operation(app)) if table_id else None
    jobs = Jobs(config.CONTROL_TABLE)
    job, kind = find_job(job_id, caller, TABLE_JOBS, of=of, jobs=jobs)
    shown = (view if of else partial(whole_view, caller))(
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
