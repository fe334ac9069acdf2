"""Clients of the local engine's services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from local.instance import REGION, Instance

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client


class Clients:
    """One client a service, made when first asked for."""

    def __init__(self, instance: Instance) -> None:
        self._session = boto3.Session("test", "test", region_name=REGION)
        self._url = instance.engine_url

    @property
    def cloudformation(self) -> CloudFormationClient:
        """The deployed stack."""
        return self._session.client("cloudformation", endpoint_url=self._url)

    @property
    def functions(self) -> LambdaClient:
        """The deployed functions."""
        return self._session.client("lambda", endpoint_url=self._url)

    @property
    def logs(self) -> CloudWatchLogsClient:
        """The functions' log lines."""
        return self._session.client("logs", endpoint_url=self._url)

    @property
    def s3(self) -> S3Client:
        """Buckets."""
        return self._session.client("s3", endpoint_url=self._url)

    @property
    def ses(self) -> SESV2Client:
        """Mail."""
        return self._session.client("sesv2", endpoint_url=self._url)
