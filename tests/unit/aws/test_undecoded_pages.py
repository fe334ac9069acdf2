"""The one event of botocore's that is not documented: decision 7 says what it is for."""

import io

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.session import get_session

from ferry.aws.clients import leave_unparsed

PAGE = b'{"Items": [{"_pk": {"S": "1#0"}}], "Count": 1, "ScannedCount": 1}'
FAULT = b'{"__type": "com.amazonaws.dynamodb#ResourceNotFoundException", "message": "none"}'


@pytest.fixture
def client():
    """A client that nothing answers but a test."""
    made = get_session().create_client("dynamodb", region_name="eu-west-1")
    leave_unparsed(made)
    return made


@pytest.mark.parametrize("operation", ["query", "scan"])
def test_a_page_is_not_parsed_but_handed_over(client, operation):
    _answer(client, 200, PAGE)

    page = getattr(client, operation)(TableName="t")

    assert page["Body"] == PAGE
    assert "Items" not in page


def test_an_error_is_parsed_as_ever(client):
    _answer(client, 400, FAULT)

    with pytest.raises(ClientError, match="none") as raised:
        client.query(TableName="t")

    assert raised.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_other_operations_are_parsed(client):
    _answer(client, 200, b'{"Item": {"pk": {"S": "a"}}}')

    assert client.get_item(TableName="t", Key={})["Item"] == {"pk": {"S": "a"}}


def _answer(client, status, body):
    class Raw(io.BytesIO):
        def stream(self, **_):
            yield self.read()

    def answer(request, **_):
        return AWSResponse(request.url, status, {}, Raw(body))

    client.meta.events.register("before-send.dynamodb", answer)
