"""DELETE /oserve/v1/table/:table_id/: delete a table; its rows, jobs and files follow."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.accounts.account_store import Accounts
from ferry.aws.queues import Queue
from ferry.catalog import purge
from ferry.config import settings
from ferry.records.profile_store import Profiles
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def delete_table(table_id: str) -> Response[str]:
    config = settings()
    tables = Tables(config.CONTROL_TABLE)
    table = tables.get(http.caller(app).app_id, http.path_number(table_id, "table"))
    purge.delete_table(
        table,
        now=int(time.time()),
        tables=tables,
        accounts=Accounts(config.CONTROL_TABLE),
        queue=Queue(config.PURGE_QUEUE_URL),
    )
    Profiles(config.CONTROL_TABLE, table.id).delete_all()
    return Response(204, body="")


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
