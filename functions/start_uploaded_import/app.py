"""UploadQueue: start the import of each file that has arrived in the upload bucket."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.imports.upload_store import Uploads
from ferry.imports.uploads import receive_upload
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.job_store import Jobs
from ferry.jobs.worker import PartialFailures, consume_arrivals, count_acceptance, count_end
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics


def start_uploaded_import(file_key: str) -> None:
    config = settings()
    jobs = Jobs(config.CONTROL_TABLE, most_open=config.OPEN_JOBS_PER_APP)
    job = receive_upload(
        file_key,
        now_ms=time.time_ns() // 1_000_000,
        unpacked_limit=config.IMPORT_UNPACKED_BYTES,
        uploads=Uploads(config.CONTROL_TABLE),
        tables=Tables(config.CONTROL_TABLE),
        files=Files(config.UPLOAD_BUCKET),
        queue=JobQueue(jobs, Queue(config.IMPORT_QUEUE_URL)),
        notices=Queue(config.NOTICE_QUEUE_URL),
    )
    if job is None:
        logger.info("upload ignored")
    elif job.ended:
        count_end(job)
    else:
        count_acceptance(job)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialFailures:
    queue = Queue(settings().UPLOAD_QUEUE_URL)
    return consume_arrivals(event, start_uploaded_import, queue=queue)
