"""POST /data/import and its kin: accept a configuration, queue it and wait for its import."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.configurations import engine
from ferry.configurations.answers import import_reply, task_id_body
from ferry.configurations.configuration_start import start_import
from ferry.configurations.waiting import wait_for
from ferry.http import request_body
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.job_store import Jobs
from ferry.jobs.worker import count_acceptance
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.serve
def import_configuration() -> Response[Any]:
    config = settings()
    jobs = Jobs(config.CONTROL_TABLE, most_open=config.OPEN_JOBS_PER_APP)
    job = start_import(
        request_body.body_bytes(app),
        engine.import_options(app),
        http.request_context(app),
        body_limit=config.IMPORT_BODY_BYTES,
        files=Files(config.UPLOAD_BUCKET),
        queue=JobQueue(jobs, Queue(config.CONFIG_QUEUE_URL)),
    )
    count_acceptance(job)
    if app.current_event.path.startswith("/async/"):
        return engine.text(200, task_id_body(job))
    ended = wait_for(job, jobs, http.time_left(app))
    reply = import_reply(ended, Files(config.CONFIG_BUCKET))
    return engine.text(reply.status, reply.body, **reply.headers)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
