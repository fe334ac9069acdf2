"""POST /oserve/v1/table/:table_id/import/: accept a file or the name of one, and queue it."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.http import request_body
from ferry.imports.bodies import asked_import
from ferry.imports.file_headers import headers_of_file
from ferry.imports.importing import Limits
from ferry.imports.starting import start
from ferry.imports.upload_store import Uploads
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.job_store import Jobs
from ferry.jobs.worker import count_acceptance
from ferry.records.profile_store import Profiles
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def create_import(table_id: str) -> Response[dict[str, Any]]:
    config, event, app_id = settings(), app.current_event, http.caller(app).app_id
    table = Tables(config.CONTROL_TABLE).get(app_id, http.path_number(table_id, "table"))
    profiles = Profiles(config.CONTROL_TABLE, table.id)
    content_type = event.headers.get("content-type", "")
    jobs = Jobs(config.CONTROL_TABLE, most_open=config.OPEN_JOBS_PER_APP)
    job = start(
        table,
        asked_import(
            request_body.body_bytes(app), content_type, event.query_string_parameters, profiles.get
        ),
        http.request_context(app),
        limits=Limits(config.IMPORT_BODY_BYTES, config.IMPORT_UNPACKED_BYTES),
        uploads=Uploads(config.CONTROL_TABLE),
        files=Files(config.UPLOAD_BUCKET),
        queue=JobQueue(jobs, Queue(config.IMPORT_QUEUE_URL)),
    )
    count_acceptance(job)
    return http.accepted(job, headers_of_file(job))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
