"""Reading botocore's models of services."""

import json

import pytest
from botocore.loaders import JSONFileLoader, Loader

from ferry.aws import clients
from ferry.aws.service_models import ModelFiles, model_loader

_SERVICES = ("dynamodb", "events", "lambda", "s3", "secretsmanager", "sesv2", "sqs", "sts")


@pytest.mark.parametrize(
    "name",
    ["endpoints", "partitions", *(f"{service}/service-2" for service in _SERVICES)],
)
def test_a_model_is_what_botocore_reads(name):
    service, _, document = name.partition("/")
    if document:
        name = f"{service}/{Loader().determine_latest_version(service, document)}/{document}"
    path = f"{Loader.BUILTIN_DATA_PATH}/{name}"

    assert ModelFiles().load_file(path) == JSONFileLoader().load_file(path)


def test_a_model_that_is_not_there_is_none(tmp_path):
    assert ModelFiles().load_file(str(tmp_path / "model")) is None


def test_models_of_ones_own_are_found(tmp_path):
    (tmp_path / "model.json").write_text(json.dumps({"Ä": [1, 2.5, None]}))

    assert model_loader(str(tmp_path)).load_data("model") == {"Ä": [1, 2.5, None]}


def test_all_clients_are_made_of_models_that_are_so_read():
    loader = clients.session().get_component("data_loader")

    assert isinstance(loader.file_loader, ModelFiles)
