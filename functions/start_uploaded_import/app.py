"""UploadQueue: start the import of each file that has arrived in the upload bucket."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.config import settings
from ferry.storage.control.jobs import Jobs
from ferry.storage.control.tables import Tables
from ferry.storage.control.uploads import Uploads
from ferry.storage.files import Files
from ferry.storage.queues import Queue
from ferry.telemetry import logger, metrics
from ferry.transfer.importing.uploads import receive_upload
from ferry.worker import PartialFailures, consume_arrivals, count_end


def start_uploaded_import(file_key: str) -> None:
    config = settings()
    job = receive_upload(
        file_key,
        now_ms=time.time_ns() // 1_000_000,
        unpacked_limit=config.IMPORT_UNPACKED_BYTES,
        jobs=Jobs(config.CONTROL_TABLE),
        uploads=Uploads(config.CONTROL_TABLE),
        tables=Tables(config.CONTROL_TABLE),
        files=Files(config.UPLOAD_BUCKET),
        queue=Queue(config.IMPORT_QUEUE_URL),
        notices=Queue(config.NOTICE_QUEUE_URL),
    )
    if job is None:
        logger.info("upload passed over")
    elif job.ended:
        count_end(job)
    else:
        metrics.add_metric(name="ImportAccepted", unit="Count", value=1)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialFailures:
    queue = Queue(settings().UPLOAD_QUEUE_URL)
    return consume_arrivals(event, start_uploaded_import, queue=queue)
