"""Every minute: see to the jobs, and the purges, that nobody sees to."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.aws.queues import Queue
from ferry.catalog.purge import remind
from ferry.config import settings
from ferry.jobs.job import Operation
from ferry.jobs.job_store import Jobs
from ferry.jobs.sweep import sweep
from ferry.jobs.worker import count_end
from ferry.records.purges import Purges
from ferry.telemetry import logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> None:
    config = settings()
    now = int(time.time())
    overdue, failed = sweep(
        now,
        jobs=Jobs(config.CONTROL_TABLE),
        queues={
            Operation.EXPORT: Queue(config.EXPORT_QUEUE_URL),
            Operation.IMPORT: Queue(config.IMPORT_QUEUE_URL),
            Operation.CONFIGURATION: Queue(config.CONFIG_QUEUE_URL),
        },
        notices=Queue(config.NOTICE_QUEUE_URL),
    )
    for job in failed:
        count_end(job)
    metrics.add_metric(name="JobsOverdue", unit="Count", value=overdue)
    purges = remind(now, purges=Purges(config.CONTROL_TABLE), queue=Queue(config.PURGE_QUEUE_URL))
    logger.info("jobs swept", overdue=overdue, purges=purges)
