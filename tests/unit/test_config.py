import msgspec
import pytest

from ferry.config import Settings

PLAIN = {field.name: "1" for field in msgspec.structs.fields(Settings) if field.required} | {
    "CONFIG_AUTH": "token",
    "EKUIPER_WIRE": "2",
    "FETCH_PRIVATE_NETWORKS": "true",
}


def _settings(**variables):
    return msgspec.convert(PLAIN | variables, Settings, strict=False)


@pytest.mark.parametrize(
    ("arns", "names"),
    [
        ("", set()),
        ("arn:aws:s3:::shop", {"shop"}),
        ("arn:aws-cn:s3:::shop,arn:aws-us-gov:s3:::shop.example.com", {"shop", "shop.example.com"}),
    ],
)
def test_buckets_are_named_by_their_arns(arns, names):
    assert _settings(FETCH_BUCKETS=arns).fetch_buckets == names


@pytest.mark.parametrize(
    ("private", "in_lambda", "fetched"),
    [("true", "", True), ("true", "127.0.0.1:9001", False), ("false", "", False)],
)
def test_loopback_is_fetched_from_outside_of_lambda_only(private, in_lambda, fetched):
    settings = _settings(FETCH_PRIVATE_NETWORKS=private, AWS_LAMBDA_RUNTIME_API=in_lambda)

    assert settings.fetch_loopback is fetched
