"""GET /download/:token: redirect a mailed link to a fresh five-minute S3 URL."""

import time
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.accounts.account_store import Accounts
from ferry.aws.bucket import Files
from ferry.aws.secret import link_key
from ferry.catalog.owners import check_owners
from ferry.config import settings
from ferry.jobs.downloads import open_link
from ferry.jobs.job_store import Jobs
from ferry.mail import link_pages as pages
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = pages.resolver()


@app.serve
def download_file(token: str) -> Response[str]:
    config = settings()
    url = open_link(
        token,
        key=link_key(config.LINK_SECRET_ARN),
        now=int(time.time()),
        jobs=Jobs(config.CONTROL_TABLE),
        files=Files(config.RESULTS_BUCKET),
        check_owners=partial(
            check_owners,
            tables=Tables(config.CONTROL_TABLE),
            accounts=Accounts(config.CONTROL_TABLE),
        ),
    )
    return Response(302, body="", headers={"Location": url, "Cache-Control": "no-store"})


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
