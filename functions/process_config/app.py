"""ConfigQueue: apply each queued import of a configuration."""

import time
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.aws.bucket import Files
from ferry.aws.event_bus import Events
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.configurations.config_job import CONFIGURATIONS, ConfigResult, ConfigRun
from ferry.configurations.config_uploads import folder_of
from ferry.configurations.configuration_import import run_config_import
from ferry.configurations.pointer_store import Configs
from ferry.fetch.fetcher import Fetcher
from ferry.fetch.web import Web
from ferry.jobs.attempt import Worker, perform
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.job_store import Jobs
from ferry.jobs.worker import Hold, PartialFailures, consume_in_turn, count_end, time_left
from ferry.telemetry import logger, metrics


def process_config(context: LambdaContext, job_id: str, hold: Hold) -> None:
    config = settings()
    worker = Worker(
        name=context.aws_request_id,
        jobs=Jobs(config.CONTROL_TABLE),
        queue=Queue(config.CONFIG_QUEUE_URL),
        notices=Queue(config.NOTICE_QUEUE_URL),
        clock=time.time,
        time_left=time_left(context),
        hold=hold,
    )
    count_end(perform(job_id, CONFIGURATIONS, _apply, worker))


def _apply(run: ConfigRun) -> JobOutcome[ConfigResult]:
    config = settings()
    store = Files(config.CONFIG_BUCKET)
    web = Web(config.FETCH_PRIVATE_NETWORKS, config.fetch_loopback)
    return run_config_import(
        run,
        configs=Configs(config.CONTROL_TABLE),
        store=store,
        uploads=Files(config.UPLOAD_BUCKET),
        fetcher=Fetcher(web, config.fetch_buckets, store, folder_of(run.job.app_id)),
        events=Events(),
        keep=config.REVISIONS_PER_APP,
    )


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialFailures:
    return consume_in_turn(
        event, partial(process_config, context), queue=Queue(settings().CONFIG_QUEUE_URL)
    )
