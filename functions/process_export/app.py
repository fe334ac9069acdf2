"""ExportQueue: run each queued export."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.exports.delivery import ExportStores, deliver
from ferry.jobs.attempt import Worker
from ferry.jobs.job import JobHeader
from ferry.jobs.job_store import Jobs
from ferry.jobs.worker import PartialFailures, consume, count_end, time_left
from ferry.records.registry import Tables
from ferry.records.store import Records
from ferry.telemetry import logger, metrics


def process_export(job_id: str, context: LambdaContext) -> JobHeader:
    config = settings()
    return deliver(
        job_id,
        Worker(
            name=context.aws_request_id,
            jobs=Jobs(config.CONTROL_TABLE),
            queue=Queue(config.EXPORT_QUEUE_URL),
            notices=Queue(config.NOTICE_QUEUE_URL),
            clock=time.time,
            time_left=time_left(context),
        ),
        ExportStores(
            tables=Tables(config.CONTROL_TABLE),
            records=Records(config.RECORDS_TABLE),
            files=Files(config.RESULTS_BUCKET),
        ),
        row_cap=config.EXPORT_ROW_CAP,
        segment_bytes=config.EXPORT_SEGMENT_MB << 20,
    )


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialFailures:
    queue = Queue(settings().EXPORT_QUEUE_URL)
    return consume(event, lambda job_id: count_end(process_export(job_id, context)), queue=queue)
