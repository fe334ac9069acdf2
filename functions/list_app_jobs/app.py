"""GET /oserve/v1/job/: list the caller's jobs on all tables, and others' for owners."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws import clients
from ferry.aws.secret import link_key
from ferry.catalog.job_pages import jobs_asked_for, page_of_jobs
from ferry.config import settings
from ferry.http.error_language import asked, job_in_language
from ferry.job_kinds import TABLE_JOBS
from ferry.jobs.job_feed import JobFeed
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def list_app_jobs() -> dict[str, Any]:
    config, caller = settings(), http.caller(app)
    page = page_of_jobs(
        jobs_asked_for(app.current_event.query_string_parameters),
        Tables(config.CONTROL_TABLE),
        caller,
        JobFeed(config.CONTROL_TABLE, TABLE_JOBS),
        TABLE_JOBS,
        path=app.current_event.path,
        link_key=link_key(config.LINK_SECRET_ARN),
        link_days=config.LINK_DAYS,
        region=clients.region(),
    )
    language = asked(app)
    return {**page, "objects": [job_in_language(job, language) for job in page["objects"]]}


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
