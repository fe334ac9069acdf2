"""To which hosts presigned URLs and forms lead."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from moto import mock_aws

from ferry.aws import clients
from ferry.aws.bucket import Files
from ferry.aws.bucket_signing import UploadForm

ROLE = "arn:aws:iam::123456789012:role/upload"
# One that is old, one that is not, two that an account has to opt into, two partitions.
HOSTS = {
    "us-east-1": "s3.us-east-1.amazonaws.com",
    "eu-west-1": "s3.eu-west-1.amazonaws.com",
    "ap-east-1": "s3.ap-east-1.amazonaws.com",
    "eu-south-1": "s3.eu-south-1.amazonaws.com",
    "cn-north-1": "s3.cn-north-1.amazonaws.com.cn",
    "us-gov-west-1": "s3.us-gov-west-1.amazonaws.com",
}


@pytest.fixture(params=HOSTS)
def region(request, monkeypatch) -> Iterator[str]:
    """A region that the process runs in."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", request.param)
    _forget()
    with mock_aws():
        yield request.param
    _forget()


def test_a_url_leads_to_the_buckets_own_host_in_its_region(region):
    url = urlsplit(Files("bucket").presigned_url("a/key", "a.csv"))

    assert (url.scheme, url.netloc, url.path) == ("https", f"bucket.{HOSTS[region]}", "/a/key")
    assert parse_qs(url.query)["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert f"/{region}/s3/aws4_request" in parse_qs(url.query)["X-Amz-Credential"][0]


def test_a_form_leads_there_too(region):
    form = _form(Files("bucket"))

    assert form.url == f"https://bucket.{HOSTS[region]}/"
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert f"/{region}/s3/aws4_request" in form.fields["x-amz-credential"]


def test_a_bucket_with_dots_has_no_host_of_its_own_that_a_certificate_covers(region):
    files = Files("my.bucket")

    assert files.presigned_url("key", "a.csv").startswith(f"https://{HOSTS[region]}/my.bucket/key?")
    assert _form(files).url == f"https://{HOSTS[region]}/my.bucket"


@pytest.mark.parametrize("engine", ["http://127.0.0.1:4566", "http://localhost:4566"])
@pytest.mark.parametrize("bucket", ["bucket", "my.bucket"])
def test_a_local_engine_has_one_host(monkeypatch, engine, bucket):
    monkeypatch.setenv("AWS_ENDPOINT_URL", engine)
    _forget()

    assert Files(bucket).presigned_url("key", "a.csv").startswith(f"{engine}/{bucket}/key?")
    _forget()


def test_a_form_ends_before_the_session_that_has_signed_it():
    with mock_aws():
        form = _form(Files("bucket"))

    assert form.fields["x-amz-security-token"]
    assert form.lives_s == clients.SESSION_S - 60


def _form(files: Files) -> UploadForm:
    return files.presigned_post("key", most_bytes=9, role_arn=ROLE, session_name="job")


def _forget() -> None:
    for cached in (clients.session, clients.s3, clients.sts):
        cached.cache_clear()
