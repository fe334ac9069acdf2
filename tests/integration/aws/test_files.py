from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from ferry.aws.bucket import PART_BYTES, Files
from ferry.errors import NotFound
from tests.faults import failing, recording

KEY = "exports/j1/goods.csv"


@pytest.fixture
def files(stack):
    return Files(stack.ResultsBucket)


@pytest.fixture
def unfinished(stack):
    """Count the uploads that were begun and neither completed nor aborted."""

    def unfinished():
        listed = boto3.client("s3").list_multipart_uploads(Bucket=stack.ResultsBucket)
        return len(listed.get("Uploads", []))

    return unfinished


def _read(files, key=KEY, **options):
    return b"".join(files.blocks(key, **options))


def test_a_small_file_is_read_from_any_byte(files):
    files.put(KEY, b"0123456789")

    assert _read(files) == b"0123456789"
    assert _read(files, offset=4) == b"456789"
    assert _read(files, offset=10) == b""
    assert _read(files, offset=11) == b""


def test_an_empty_file_is_read_as_nothing(files):
    files.put(KEY, b"")

    assert _read(files) == b""


def test_a_large_file_comes_in_blocks(files):
    content = bytes(range(256)) * 4096
    files.put(KEY, content)

    blocks = list(files.blocks(KEY))

    assert len(blocks) > 1
    assert b"".join(blocks) == content


def test_a_missing_file_is_not_found(files):
    with pytest.raises(NotFound, match=KEY):
        _read(files)
    assert files.exists(KEY) is False


def test_other_faults_are_not_mistaken_for_a_missing_file(files):
    with failing("GetObject", "AccessDenied"), pytest.raises(Exception, match="AccessDenied"):
        _read(files)
    with failing("HeadObject", "403"), pytest.raises(Exception, match="403"):
        files.exists(KEY)


def test_a_deleted_file_is_gone_and_deleting_it_again_is_harmless(files):
    files.put(KEY, b"x")

    files.delete([KEY, "never/there"])
    files.delete([KEY])

    assert files.exists(KEY) is False


def test_an_upload_is_a_file_when_it_is_completed_and_not_before(files):
    upload = files.begin_upload(KEY, "text/csv")
    etags = [
        files.put_part(KEY, upload, number, body)
        for number, body in enumerate((b"a" * PART_BYTES, b"", b"end"), start=1)
        if body
    ]
    assert files.exists(KEY) is False

    etags = [etags[0], files.put_part(KEY, upload, 2, b"end")]
    files.complete_upload(KEY, upload, etags)

    assert _read(files) == b"a" * PART_BYTES + b"end"


def test_a_part_put_again_replaces_the_first(files):
    upload = files.begin_upload(KEY, "text/csv")
    files.put_part(KEY, upload, 1, b"first try")
    etag = files.put_part(KEY, upload, 1, b"second try")

    files.complete_upload(KEY, upload, [etag])

    assert _read(files) == b"second try"


def test_parts_that_the_worker_does_not_count_are_left_out(files):
    upload = files.begin_upload(KEY, "text/csv")
    etag = files.put_part(KEY, upload, 1, b"counted")
    files.put_part(KEY, upload, 2, b"of a worker that was killed")

    files.complete_upload(KEY, upload, [etag])

    assert _read(files) == b"counted"


def test_completing_twice_is_harmless(files):
    upload = files.begin_upload(KEY, "text/csv")
    etag = files.put_part(KEY, upload, 1, b"x")

    files.complete_upload(KEY, upload, [etag])
    files.complete_upload(KEY, upload, [etag])

    assert _read(files) == b"x"


def test_an_upload_that_is_gone_is_not_found(files):
    upload = files.begin_upload(KEY, "text/csv")
    etag = files.put_part(KEY, upload, 1, b"x")

    # moto does not tell an aborted upload as S3 does.
    with (
        failing("CompleteMultipartUpload", "NoSuchUpload"),
        pytest.raises(NotFound, match="gone"),
    ):
        files.complete_upload(KEY, upload, [etag])


def test_a_part_that_is_not_the_one_meant_is_not_found(files):
    upload = files.begin_upload(KEY, "text/csv")
    files.put_part(KEY, upload, 1, b"x")

    with pytest.raises(NotFound, match="gone"):
        files.complete_upload(KEY, upload, ['"00000000000000000000000000000000"'])


def test_a_written_file_is_whole_and_its_size_known(files, unfinished):
    chunks = [b"a" * 3_000_000, b"", b"b" * PART_BYTES, b"c"]

    with recording() as calls:
        size = files.write(KEY, chunks, "text/csv")

    assert size == len(b"".join(chunks))
    assert calls.count("UploadPart") == 2
    assert _read(files) == b"".join(chunks)
    assert unfinished() == 0


def test_an_empty_file_can_be_written(files):
    assert files.write(KEY, [], "text/csv") == 0
    assert _read(files) == b""


def test_a_file_whose_writing_fails_leaves_nothing(files, unfinished):
    def chunks():
        yield b"a" * PART_BYTES
        raise ConnectionError("the source broke off")

    with pytest.raises(ConnectionError, match="broke off"):
        files.write(KEY, chunks(), "text/csv")
    for operation in ("UploadPart", "CompleteMultipartUpload"):
        with failing(operation), pytest.raises(Exception, match="refused by a test"):
            files.write(KEY, [b"x"], "text/csv")

    assert files.exists(KEY) is False
    assert unfinished() == 0


def test_a_file_keeps_its_media_type(files, stack):
    files.write(KEY, [b"x"], "text/csv; charset=utf-8")
    files.put("small", b"x", "application/json")

    head = boto3.client("s3").head_object
    assert head(Bucket=stack.ResultsBucket, Key=KEY)["ContentType"] == "text/csv; charset=utf-8"
    assert head(Bucket=stack.ResultsBucket, Key="small")["ContentType"] == "application/json"


def test_a_presigned_url_serves_one_file_by_its_name_for_five_minutes(files, stack):
    url = urlsplit(files.presigned_url(KEY, '漢 "x".csv'))

    query = parse_qs(url.query)
    assert stack.ResultsBucket in url.netloc + url.path
    assert url.path.endswith(KEY)
    assert query["X-Amz-Expires"] == ["300"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["response-content-disposition"] == [
        "attachment; filename*=UTF-8''%E6%BC%A2%20%22x%22.csv"
    ]


def test_files_are_deleted_a_thousand_a_request(files):
    for number in range(3):
        files.put(f"exports/j1/{number}", b"x")

    with recording() as requests:
        files.delete([*(f"exports/j1/{number}" for number in range(3)), *map(str, range(2_000))])

    assert requests == ["DeleteObjects"] * 3
    assert list(files.names("exports/j1/")) == []


def test_a_file_that_s3_does_not_delete_is_an_error(files, monkeypatch):
    refused = {"Errors": [{"Key": KEY, "Code": "InternalError", "Message": "try again"}]}
    client = SimpleNamespace(delete_objects=lambda **_: refused)
    monkeypatch.setattr("ferry.aws.clients.s3", lambda: client)

    with pytest.raises(ClientError, match="InternalError"):
        files.delete([KEY])
