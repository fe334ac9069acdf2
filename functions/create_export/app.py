"""POST /oserve/v1/table/:table_id/export/, and v1.5: accept an export and queue it."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.exports.export_job import ExportJob
from ferry.exports.export_options import ExportOptions, ExportOptionsV15
from ferry.exports.exporting import start_export
from ferry.http import request_body
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.job_store import Jobs
from ferry.jobs.worker import count_acceptance
from ferry.records.registry import Tables
from ferry.records.store import Records
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def create_export(table_id: str) -> Response[dict[str, Any]]:
    if http.version(app) == "v1":
        return http.accepted(accept(table_id, ExportOptions))
    return http.accepted_with_id(accept(table_id, ExportOptionsV15))


def accept(table_id: str, options: type[ExportOptions | ExportOptionsV15]) -> ExportJob:
    config, app_id = settings(), http.caller(app).app_id
    jobs = Jobs(config.CONTROL_TABLE, most_open=config.OPEN_JOBS_PER_APP)
    job = start_export(
        Tables(config.CONTROL_TABLE).get(app_id, http.path_number(table_id, "table")),
        request_body.json_object(app, options).request,
        http.request_context(app),
        row_cap=config.EXPORT_ROW_CAP,
        time_left=http.time_left(app),
        records=Records(config.RECORDS_TABLE),
        queue=JobQueue(jobs, Queue(config.EXPORT_QUEUE_URL)),
    )
    count_acceptance(job)
    return job


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
