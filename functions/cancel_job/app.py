"""POST …/export|import/:job_id/cancel/ of a table, …/job/:job_id/cancel/: cancel a job."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.job_kinds import TABLE_JOBS
from ferry.jobs.ending import cancel_job
from ferry.jobs.job_store import Jobs
from ferry.jobs.open_jobs import OpenJobs
from ferry.jobs.view import find_job
from ferry.jobs.worker import count_end
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def cancel(job_id: str, table_id: str = "") -> Response[dict[str, Any]]:
    config, caller = settings(), http.caller(app)
    jobs = Jobs(config.CONTROL_TABLE)
    of = (http.path_number(table_id, "table"), http.operation(app)) if table_id else None
    job, _ = find_job(job_id, caller, TABLE_JOBS, of=of, jobs=jobs)
    ending = cancel_job(
        job,
        caller.user_id,
        now=int(time.time()),
        jobs=jobs,
        open_jobs=OpenJobs(config.CONTROL_TABLE),
        notices=Queue(config.NOTICE_QUEUE_URL),
    )
    if ending.cancelled:
        count_end(ending.cancelled)
    return Response(202, content_types.APPLICATION_JSON, {"status": ending.action})


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
