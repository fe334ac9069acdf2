"""POST /oserve/v1/table/:table_id/export/:job_id/resume/: resume it."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws import clients
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.exports.export_job import EXPORTS
from ferry.http import request_body
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.job_store import Jobs
from ferry.jobs.resuming import resume_in, resume_job
from ferry.jobs.view import own_job, public_status
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def resume_export(table_id: str, job_id: str) -> Response[dict[str, Any]]:
    config, caller = settings(), http.caller(app)
    jobs = Jobs(config.CONTROL_TABLE, most_open=config.OPEN_JOBS_PER_APP)
    table = http.path_number(table_id, "table")
    job = resume_job(
        own_job(job_id, caller, EXPORTS, table_id=table, jobs=jobs),
        resume_in(request_body.json_body(app)),
        row_user=caller.row_user(table),
        now=int(time.time()),
        link_days=config.LINK_DAYS,
        region=clients.region(),
        queue=JobQueue(jobs, Queue(config.EXPORT_QUEUE_URL)),
    )
    return Response(202, content_types.APPLICATION_JSON, {"status": public_status(job)})


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
