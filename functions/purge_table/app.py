"""PurgeQueue: delete the rows, jobs and files of each deleted table."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.catalog import purge
from ferry.config import settings
from ferry.jobs.job_erasure import JobErasure
from ferry.jobs.job_lists import JobLists
from ferry.jobs.job_store import Jobs
from ferry.jobs.worker import PartialFailures, consume, time_left
from ferry.records.partitions import Partitions
from ferry.records.purges import Purges
from ferry.telemetry import logger, metrics


def purge_table(purge_id: str, context: LambdaContext) -> None:
    config = settings()
    items = purge.purge_table(
        purge_id,
        clock=time.time,
        time_left=time_left(context),
        purges=Purges(config.CONTROL_TABLE),
        partitions=Partitions(config.RECORDS_TABLE),
        erasure=JobErasure(
            Jobs(config.CONTROL_TABLE),
            JobLists(config.CONTROL_TABLE),
            uploads=Files(config.UPLOAD_BUCKET),
            results=Files(config.RESULTS_BUCKET),
            now=int(time.time()),
        ),
        queue=Queue(config.PURGE_QUEUE_URL),
    )
    logger.info("table purged", table_id=purge_id, items=items)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialFailures:
    queue = Queue(settings().PURGE_QUEUE_URL)
    return consume(event, lambda purge_id: purge_table(purge_id, context), queue=queue)
