"""`make deploy`, from its order to what it says, with SAM's part played by the test."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from cloud.deployment import LAYERS, run
from cloud.plan import Order
from local.instance import Failed
from tests.unit.cloud.test_artifacts import ARM64, X86_64, elf

ORDER = Order("dev", region="eu-west-1", mail_from="ferry@example.com")
MACHINES = {"arm64": ARM64, "x86_64": X86_64}


@dataclass
class Sam:
    """Plays `sam`: builds a library, makes a stack.

    Attributes:
        builds: the machine that it builds for, whatever it is told.
        deploys: whether its changeset is executed.

    """

    folder: Path
    builds: int | None = None
    deploys: bool = True
    said: dict[str, list[str]] = field(default_factory=dict)

    def __call__(self, arguments, variables, log):
        self.said[arguments[0]] = arguments[1:]
        if arguments[0] == "build":
            machine = MACHINES[arguments[-1].partition("=")[2]]
            for layer in (self.folder / each for each in LAYERS):
                layer.mkdir(parents=True, exist_ok=True)
                (layer / "a.so").write_bytes(elf(self.builds or machine))
        elif self.deploys:
            body = {
                "Resources": {"T": {"Type": "AWS::SNS::Topic"}},
                "Outputs": {"ApiUrl": {"Value": "https://api.test"}},
            }
            boto3.client("cloudformation", region_name="eu-west-1").create_stack(
                StackName=self.option("--stack-name"), TemplateBody=json.dumps(body)
            )

    def option(self, name):
        return self.said["deploy"][self.said["deploy"].index(name) + 1]

    @property
    def parameters(self):
        start = self.said["deploy"].index("--parameter-overrides") + 1
        return set(self.said["deploy"][start:])


@pytest.fixture
def sam(tmp_path):
    with mock_aws():
        yield Sam(tmp_path / "build")


def _run(order, sam):
    run(order, folder=sam.folder, run_sam=sam)


def test_a_stage_is_built_and_deployed_and_it_says_what_comes_next(sam, capsys):
    _run(ORDER, sam)

    assert sam.option("--config-env") == "dev"
    assert sam.option("--region") == "eu-west-1"
    assert "--no-confirm-changeset" in sam.said["deploy"]
    assert {'MailFrom="ferry@example.com"', 'Architecture="arm64"'} <= sam.parameters
    said = capsys.readouterr().out
    assert "https://api.test" in said
    assert "make smoke STACK=ferry-dev REGION=eu-west-1" in said
    assert '"create-app shop --stack ferry-dev --region eu-west-1"' in said


@pytest.mark.parametrize("layer", LAYERS)
def test_the_layers_that_are_deployed_hold_the_notices_of_their_packages(sam, layer):
    _run(ORDER, sam)

    assert (sam.folder / layer / "THIRD-PARTY-NOTICES.txt").exists()


@pytest.mark.parametrize("architecture", MACHINES)
def test_one_variable_decides_what_is_built_and_what_is_deployed(sam, architecture):
    _run(Order("dev", "eu-west-1", mail_from="a@b.c", architecture=architecture), sam)

    assert sam.said["build"][-1] == f"Architecture={architecture}"
    assert f'Architecture="{architecture}"' in sam.parameters


@pytest.mark.parametrize(("architecture", "other"), [("arm64", X86_64), ("x86_64", ARM64)])
def test_what_was_built_for_another_architecture_is_not_deployed(sam, architecture, other):
    sam.builds = other

    with pytest.raises(Failed, match="Nothing was deployed"):
        _run(Order("dev", "eu-west-1", mail_from="a@b.c", architecture=architecture), sam)
    assert "deploy" not in sam.said


def test_a_changeset_that_is_turned_down_is_no_deployment(sam):
    sam.deploys = False

    with pytest.raises(Failed, match="Nothing was deployed"):
        _run(ORDER, sam)


@pytest.mark.parametrize(
    ("order", "says"),
    [
        (Order("dev", "eu-west-1"), "MAIL_FROM="),
        (Order("prod", "eu-west-1", mail_from="a@b.c"), "CONFIRM=no"),
        (Order("nowhere"), "STAGE=dev"),
    ],
)
def test_what_must_fail_fails_before_anything_is_built(sam, order, says):
    with pytest.raises(Failed, match=says):
        _run(order, sam)
    assert sam.said == {}


def test_the_first_deployment_alone_needs_the_address_of_the_sender(sam):
    parameters = {"MailFrom": {"Type": "String"}}
    body = {"Parameters": parameters, "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    boto3.client("cloudformation", region_name="eu-west-1").create_stack(
        StackName="ferry-dev",
        TemplateBody=json.dumps(body),
        Parameters=[{"ParameterKey": "MailFrom", "ParameterValue": "a@b.c"}],
    )
    sam.deploys = False

    with pytest.raises(Failed, match="Nothing was deployed"):  # that stack has no output
        _run(Order("dev", "eu-west-1"), sam)
    assert not any(pair.startswith("MailFrom") for pair in sam.parameters)
