"""POST /oserve/v1/table/:table_id/import/:job_id/undo|apply/: undo an import, apply a dry run."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.imports.import_job import IMPORTS
from ferry.imports.replay_start import start_replay
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.job_store import Jobs
from ferry.jobs.view import own_job
from ferry.jobs.worker import count_acceptance
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def replay_import(table_id: str, job_id: str) -> Response[dict[str, Any]]:
    config, caller = settings(), http.caller(app)
    jobs = Jobs(config.CONTROL_TABLE, most_open=config.OPEN_JOBS_PER_APP)
    table = http.path_number(table_id, "table")
    job = start_replay(
        own_job(job_id, caller, IMPORTS, table_id=table, jobs=jobs),
        "undo" if http.segments(app)[-1] == "undo" else "apply",
        app.current_event.query_string_parameters or {},
        http.request_context(app),
        link_days=config.LINK_DAYS,
        queue=JobQueue(jobs, Queue(config.IMPORT_QUEUE_URL)),
    )
    count_acceptance(job)
    return http.accepted(job)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
