"""GET /data/diff: what changed between two revisions, for people or for programs."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import engine, http
from ferry.config import settings
from ferry.configs.history import History
from ferry.configs.sending import DIRECT_TEXT_BYTES, hand_over
from ferry.configs.viewing import difference, difference_data, difference_text
from ferry.storage.control.configs import Configs
from ferry.storage.files import Files
from ferry.telemetry import logger, metrics

app = engine.resolver()


@app.get("/data/diff")
def diff_revisions() -> Response[Any]:
    config, caller = settings(), http.caller(app)
    configs, files = Configs(config.CONTROL_TABLE), Files(config.CONFIG_BUCKET)
    history = History(caller.app_id, configs=configs, files=files)
    found = difference(history, engine.parameter(app, "from"), engine.parameter(app, "to"))
    as_json = engine.JSON in app.current_event.headers.get("accept", "")
    content = difference_data(found) if as_json else difference_text(found)
    if len(content) > DIRECT_TEXT_BYTES:
        name = "diff.json" if as_json else "diff.txt"
        results = Files(config.RESULTS_BUCKET)
        return engine.elsewhere(hand_over(content, caller.app_id, results, name))
    return engine.json(content) if as_json else engine.text(200, content)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
