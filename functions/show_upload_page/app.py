"""GET /upload/:token: the page that takes the corrected rows of an import."""

import time
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.accounts.account_store import Accounts
from ferry.aws.bucket import Files
from ferry.aws.bucket_signing import UploadForms
from ferry.aws.secret import link_key
from ferry.catalog.owners import check_owners
from ferry.config import settings
from ferry.imports.correction_form import correction_form
from ferry.jobs.job_store import Jobs
from ferry.mail import link_pages as pages
from ferry.mail import page
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = pages.resolver()


@app.serve
def show_upload_page(token: str) -> Response[str]:
    config, language = settings(), pages.language(app)
    form = correction_form(
        token,
        key=link_key(config.LINK_SECRET_ARN),
        now_ms=time.time_ns() // 1_000_000,
        jobs=Jobs(config.CONTROL_TABLE),
        forms=UploadForms(
            Files(config.UPLOAD_BUCKET),
            role_arn=config.UPLOAD_ROLE_ARN,
            most_bytes=config.IMPORT_FILE_BYTES,
        ),
        check_owners=partial(
            check_owners,
            tables=Tables(config.CONTROL_TABLE),
            accounts=Accounts(config.CONTROL_TABLE),
        ),
    )
    table = form.table_name
    if "etag" in (app.current_event.query_string_parameters or {}):  # S3 has sent the browser back
        return pages.html(page.received(language, config.MAIL_FROM, table=table))
    url, fields = form.upload.url, form.upload.fields
    text = page.upload(language, config.MAIL_FROM, table=table, url=url, fields=fields)
    return pages.html(text, form_url=url)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
