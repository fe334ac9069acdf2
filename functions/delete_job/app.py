"""DELETE /oserve/v1/table/:table_id/export|import/:job_id/: cancel or delete a job."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.job_kinds import TABLE_JOBS
from ferry.jobs.ending import end_job
from ferry.jobs.job_store import Jobs
from ferry.jobs.open_jobs import OpenJobs
from ferry.jobs.view import own_job
from ferry.jobs.worker import count_end
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def delete_job(table_id: str, job_id: str) -> Response[str]:
    config = settings()
    jobs = Jobs(config.CONTROL_TABLE)
    table = http.path_number(table_id, "table")
    kind = TABLE_JOBS[http.operation(app)]
    job = own_job(job_id, http.caller(app), kind, table_id=table, jobs=jobs)
    ending = end_job(
        job,
        kind,
        now=int(time.time()),
        jobs=jobs,
        open_jobs=OpenJobs(config.CONTROL_TABLE),
        notices=Queue(config.NOTICE_QUEUE_URL),
        uploads=Files(config.UPLOAD_BUCKET),
        results=Files(config.RESULTS_BUCKET),
    )
    if ending.cancelled:
        count_end(ending.cancelled)
    return Response(204, body="", headers={"X-Ferry-Job": ending.action})


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
