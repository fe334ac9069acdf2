"""POST /console/session/link/: have a link, or a code, to sign in by mailed to an address."""

import time
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.accounts.attempts import Attempts
from ferry.accounts.sign_in import check_challenge, check_link_request
from ferry.aws.queues import LinkRequest, Queue
from ferry.config import settings
from ferry.http import console_sessions, session_cookie
from ferry.telemetry import logger, metrics

app = http.resolver(authenticated=False)


@app.serve
def request_sign_in() -> Response[dict[str, Any]]:
    config, url = settings(), http.public_url(app)
    session_cookie.check_origin(app.current_event.headers, url)
    asked = console_sessions.body(app, console_sessions.LinkIn)
    challenge = check_challenge(asked.challenge)
    address = check_link_request(
        asked.email,
        app.current_event.request_context.http.source_ip,
        now=int(time.time()),
        attempts=Attempts(config.CONTROL_TABLE),
    )
    request = LinkRequest(address, url, challenge=challenge)
    Queue(config.NOTICE_QUEUE_URL).request_link(request)
    return Response(HTTPStatus.ACCEPTED, content_types.APPLICATION_JSON, {"status": "ok"})


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
