"""POST /oserve/v1/table/: create a table, or propose one for a DynamoDB table."""

import time
from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.accounts.account_store import Accounts
from ferry.catalog import tables as catalog
from ferry.catalog.attach_proposal import propose
from ferry.catalog.table_request import TableIn
from ferry.config import settings
from ferry.http import request_body
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def create_table() -> Response[dict[str, Any]]:
    body = request_body.json_object(app, TableIn)
    caller, now = http.caller(app), int(time.time())
    accounts = Accounts(settings().CONTROL_TABLE)
    if body.wanted and body.schema_ is None:
        proposal = propose(body.name, body.wanted, caller, now=now, accounts=accounts)
        return Response(200, content_types.APPLICATION_JSON, proposal)
    table = catalog.create_table(
        body.name,
        body.schema_struct,
        body.settings,
        caller,
        now=now,
        tables=Tables(settings().CONTROL_TABLE),
        accounts=accounts,
        wanted=body.wanted,
    )
    return Response(201, content_types.APPLICATION_JSON, catalog.view(table))


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
