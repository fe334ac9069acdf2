"""Every minute: start again, or end, the jobs and purges whose time is past."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.aws.queues import Queue
from ferry.catalog.purge import remind
from ferry.config import settings
from ferry.jobs.job import Operation
from ferry.jobs.open_jobs import OpenJobs
from ferry.jobs.sweep import Sweep, sweep
from ferry.jobs.worker import count_end, time_left
from ferry.records.purges import Purges
from ferry.telemetry import logger, metrics


def report(done: Sweep) -> None:
    """Tell at once, not at the invocation's end: it may be stopped before."""
    metrics.add_metric(name="JobsOverdue", unit="Count", value=done.overdue)
    metrics.add_metric(name="JobsUnreadable", unit="Count", value=done.unreadable)
    metrics.flush_metrics()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> None:
    config = settings()
    now = int(time.time())
    done = sweep(
        now,
        jobs=OpenJobs(config.CONTROL_TABLE),
        queues={
            Operation.EXPORT: Queue(config.EXPORT_QUEUE_URL),
            Operation.SEGMENT: Queue(config.EXPORT_QUEUE_URL),
            Operation.IMPORT: Queue(config.IMPORT_QUEUE_URL),
            Operation.CONFIGURATION: Queue(config.CONFIG_QUEUE_URL),
        },
        notices=Queue(config.NOTICE_QUEUE_URL),
        time_left=time_left(context),
        report=report,
    )
    for job in done.failed:
        count_end(job)
    purges = remind(now, purges=Purges(config.CONTROL_TABLE), queue=Queue(config.PURGE_QUEUE_URL))
    logger.info("jobs swept", overdue=done.overdue, unreadable=done.unreadable, purges=purges)
