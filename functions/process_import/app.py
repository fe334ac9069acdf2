"""ImportQueue: run each queued import."""

import time

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.accounts.account_store import Accounts
from ferry.aws.bucket import Files
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.fetch.web import Web
from ferry.imports.closing import ImportStores, close_import
from ferry.imports.import_job import IMPORTS, ImportJob
from ferry.imports.importing import run_import
from ferry.jobs.attempt import Worker, perform
from ferry.jobs.job_store import Jobs
from ferry.jobs.worker import PartialFailures, consume, count_end, time_left
from ferry.records.registry import Tables
from ferry.records.store import Records
from ferry.telemetry import logger, metrics


def process_import(job_id: str, context: LambdaContext) -> ImportJob:
    config = settings()
    stores = ImportStores(
        unpacked_limit=config.IMPORT_UNPACKED_BYTES,
        tables=Tables(config.CONTROL_TABLE),
        records=Records(config.RECORDS_TABLE),
        uploads=Files(config.UPLOAD_BUCKET),
        results=Files(config.RESULTS_BUCKET),
    )
    return perform(
        job_id,
        IMPORTS,
        lambda run: run_import(
            run,
            file_limit=config.IMPORT_FILE_BYTES,
            web=Web(config.FETCH_PRIVATE_NETWORKS, config.fetch_loopback),
            buckets=config.fetch_buckets,
            language=Accounts(config.CONTROL_TABLE).language,
            **stores,
        ),
        Worker(
            name=context.aws_request_id,
            jobs=Jobs(config.CONTROL_TABLE),
            queue=Queue(config.IMPORT_QUEUE_URL),
            notices=Queue(config.NOTICE_QUEUE_URL),
            clock=time.time,
            monotonic=time.monotonic,
            time_left=time_left(context),
        ),
        close=lambda run: close_import(run, **stores),
    )


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, object], context: LambdaContext) -> PartialFailures:
    queue = Queue(settings().IMPORT_QUEUE_URL)
    return consume(event, lambda job_id: count_end(process_import(job_id, context)), queue=queue)
