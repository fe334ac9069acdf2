"""GET /oserve/v1.5/table/:table_id/export|import/: list the caller's jobs, the newest first."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws import clients
from ferry.aws.secret import link_key
from ferry.catalog.paging import fitting_envelope, page_asked_for
from ferry.config import settings
from ferry.http.error_language import asked, job_in_language
from ferry.job_kinds import TABLE_JOBS
from ferry.jobs.job_lists import JobLists
from ferry.jobs.view import view
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def list_jobs(table_id: str) -> dict[str, Any]:
    config, caller = settings(), http.caller(app)
    page = page_asked_for(app.current_event.query_string_parameters)
    tables = Tables(config.CONTROL_TABLE)
    kind = TABLE_JOBS[http.operation(app)]
    jobs, total = JobLists(config.CONTROL_TABLE).page(
        kind,
        tables.get(caller.app_id, http.path_number(table_id, "table")).id,
        caller.user_id,
        offset=page.offset,
        limit=page.limit,
    )
    key, days, region = link_key(config.LINK_SECRET_ARN), config.LINK_DAYS, clients.region()
    language = asked(app)
    shown = [
        job_in_language(view(job, kind, link_key=key, link_days=days, region=region), language)
        for job in jobs
    ]
    return fitting_envelope(shown, page, total, app.current_event.path)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
