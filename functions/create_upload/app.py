"""POST /oserve/v1/table/:table_id/import/upload/: give out a form, or parts, to upload with."""

from typing import Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import http
from ferry.aws.bucket import Files
from ferry.aws.bucket_signing import UploadForms
from ferry.config import settings
from ferry.http import request_body
from ferry.imports.import_options import upload_in
from ferry.imports.multipart import file_name
from ferry.imports.saved_options import with_profile
from ferry.imports.upload_store import Uploads
from ferry.imports.uploads import prepare_upload
from ferry.jobs.job_store import Jobs
from ferry.records.profile_store import Profiles
from ferry.records.registry import Tables
from ferry.telemetry import logger, metrics

app = http.resolver()


@app.serve
def create_upload(table_id: str) -> Response[dict[str, Any]]:
    config, app_id = settings(), http.caller(app).app_id
    table = Tables(config.CONTROL_TABLE).get(app_id, http.path_number(table_id, "table"))
    profiles = Profiles(config.CONTROL_TABLE, table.id)
    body = upload_in(with_profile(request_body.json_body(app), profiles.get))
    job_id, form = prepare_upload(
        table,
        file_name(body.file_name),
        body,
        http.request_context(app),
        uploads=Uploads(config.CONTROL_TABLE),
        forms=UploadForms(
            Files(config.UPLOAD_BUCKET),
            role_arn=config.UPLOAD_ROLE_ARN,
            most_bytes=config.IMPORT_FILE_BYTES,
        ),
        jobs=Jobs(config.CONTROL_TABLE),
    )
    metrics.add_metric(name="UploadPrepared", unit="Count", value=1)
    location = f"/oserve/v1/table/{table.id}/import/{job_id}/"
    headers = {"Location": location, "X-Job-Id": job_id}
    return Response(201, content_types.APPLICATION_JSON, form, headers=headers)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
