"""GET …/table/:table_id/profile/, …/profile/:profile/: list profiles, or one's versions."""

from typing import Any

import msgspec
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.catalog.paging import fitting_envelope, page_asked_for
from ferry.config import settings
from ferry.errors import NotFound
from ferry.records.profile_store import Profiles
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def list_profiles(table_id: str, profile: str = "") -> dict[str, Any]:
    config, caller = settings(), http.caller(app)
    page = page_asked_for(app.current_event.query_string_parameters)
    table = Tables(config.CONTROL_TABLE).get(caller.app_id, http.path_number(table_id, "table"))
    profiles = Profiles(config.CONTROL_TABLE, table.id)
    found = profiles.versions(profile) if profile else profiles.latest()
    if profile and not found:
        raise NotFound(f"profile {profile} does not exist")
    shown = [msgspec.structs.asdict(each) for each in found[page.offset : page.end]]
    return fitting_envelope(shown, page, len(found), app.current_event.path)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
