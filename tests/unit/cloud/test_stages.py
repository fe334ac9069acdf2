"""The stages of samconfig.toml, and what is deployed when an order and a stage come together."""

import tomllib

import pytest

from cloud.plan import Order, plan
from cloud.stages import SETTINGS, Stage, parameters, stage
from local.instance import Failed
from tests.declared import PARAMETERS

STAGES = [
    name for name, table in tomllib.loads(SETTINGS.read_text()).items() if "deploy" in str(table)
]


def _stage(tmp_path, overrides):
    settings = tmp_path / "samconfig.toml"
    settings.write_text(
        f'version = 0.1\n[one.deploy.parameters]\nstack_name = "s"\n'
        f"parameter_overrides = {overrides}\n"
    )
    return stage("one", settings)


def test_there_are_two_stages_and_they_never_share_a_stack():
    assert STAGES == ["dev", "prod"]
    assert len({stage(name).stack for name in STAGES}) == len(STAGES)


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_names_only_parameters_of_the_template(name):
    assert stage(name).parameters.keys() <= PARAMETERS.keys()


def test_only_production_asks_before_it_changes_anything():
    assert [name for name in STAGES if stage(name).confirms] == ["prod"]


def test_a_stage_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(Failed, match="no stage 'staging': STAGE=dev or STAGE=prod"):
        stage("staging")


@pytest.mark.parametrize(
    "overrides", ['["LinkDays=3", "MailFrom=a@b.c"]', '"LinkDays=3 MailFrom=a@b.c"']
)
def test_parameters_are_a_list_or_a_text_as_sam_takes_them(tmp_path, overrides):
    assert _stage(tmp_path, overrides).parameters == {"LinkDays": "3", "MailFrom": "a@b.c"}


def test_a_value_may_hold_anything():
    given = ["PublicUrl=https://a.b/?c=d", "FetchBuckets=", "UploadOrigins=a b"]

    assert parameters(given) == {
        "PublicUrl": "https://a.b/?c=d",
        "FetchBuckets": "",
        "UploadOrigins": "a b",
    }


@pytest.mark.parametrize("pair", ["LinkDays", "=3", "Parameter-Key=3", ""])
def test_what_is_no_pair_is_refused(pair):
    with pytest.raises(Failed, match="is no parameter"):
        parameters([pair])


def test_the_order_wins_over_the_stage_and_drops_nothing_of_it():
    of = Stage("one", "s", parameters={"LinkDays": "3", "LogRetentionDays": "7"}, confirms=True)

    made = plan(Order("one", parameters={"LinkDays": "9"}, mail_from="a@b.c"), of, "eu-west-1")

    assert (made.stack, made.region, made.confirm) == ("s", "eu-west-1", True)
    assert made.parameters == {
        "Architecture": "arm64",
        "LinkDays": "9",
        "LogRetentionDays": "7",
        "MailFrom": "a@b.c",
    }


def test_an_order_may_name_a_stack_and_ask_for_no_confirmation():
    made = plan(Order("one", stack="mine", confirm=False), Stage("one", "s", confirms=True), "r")

    assert (made.stack, made.confirm) == ("mine", False)


@pytest.mark.parametrize(
    ("ordered", "staged", "wanted"),
    [("", "", "arm64"), ("x86_64", "", "x86_64"), ("", "x86_64", "x86_64"),
     ("arm64", "x86_64", "arm64")],
)  # fmt: skip
def test_one_architecture_comes_of_order_and_stage(ordered, staged, wanted):
    staged = {"Architecture": staged} if staged else {}

    made = plan(Order("one", architecture=ordered), Stage("one", "s", parameters=staged), "r")

    assert made.architecture == wanted


@pytest.mark.parametrize("name", ["Architecture", "MailFrom"])
def test_a_parameter_with_a_variable_of_its_own_is_named_by_that(name):
    with pytest.raises(Failed, match="has a variable of its own"):
        plan(Order("one", parameters={name: "x"}), Stage("one", "s"), "r")


@pytest.mark.parametrize("where", ["order", "stage"])
def test_a_parameter_that_the_template_has_not_is_refused_which_sam_would_ignore(where):
    wrong = {"LinkDay": "3"}

    with pytest.raises(Failed, match="no parameter LinkDay"):
        plan(
            Order("one", parameters=wrong if where == "order" else {}),
            Stage("one", "s", parameters=wrong if where == "stage" else {}),
            "r",
        )
