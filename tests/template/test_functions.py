"""Functions, their settings and their routes, whatever is added to the template."""

import msgspec
import pytest

from ferry.config import Settings
from tests.declared import ENVIRONMENT, RESOURCES, ROOT, TEMPLATE, evaluated, of_type
from tests.transformed import cloudformation

GLOBALS = TEMPLATE["Globals"]["Function"]
FUNCTIONS = of_type("AWS::Serverless::Function")
LIBRARIES = ("POWERTOOLS_", "PYDANTIC_")
FIELDS = {field.name for field in msgspec.structs.fields(Settings)}
SETTINGS = {field.name for field in msgspec.structs.fields(Settings) if field.required}


def test_every_folder_is_one_function_and_every_function_one_folder():
    folders = {f"functions/{app.parent.name}" for app in (ROOT / "functions").glob("*/app.py")}

    assert sorted(f["CodeUri"] for f in FUNCTIONS.values()) == sorted(folders)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_called_as_its_folder_is(name):
    words = FUNCTIONS[name]["CodeUri"].removeprefix("functions/").split("_")

    assert name == "".join(word.capitalize() for word in words)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_only_what_differs_from_the_others(name):
    sizes = {"EphemeralStorage", "Layers", "MemorySize", "RecursiveLoop", "Timeout"}

    assert FUNCTIONS[name].keys() <= {"CodeUri", "Environment", "Policies", "Events"} | sizes


def test_every_setting_is_provided_and_every_variable_is_a_setting():
    variables = {name for name in ENVIRONMENT if not name.startswith(LIBRARIES)}

    assert variables == SETTINGS
    for function in FUNCTIONS.values():
        assert function.get("Environment", {"Variables": {}})["Variables"].keys() <= FIELDS


def test_every_variable_names_something_that_the_template_declares():
    pseudo = ("AWS::Region", "AWS::StackName")
    known = {name: name for name in (*RESOURCES, *TEMPLATE["Parameters"], *pseudo)}
    known |= {f"{name}.Arn": name for name in RESOURCES}

    for value in ENVIRONMENT.values():
        assert evaluated(value, known)


def test_logs_are_kept_for_a_time_and_no_function_logs_elsewhere():
    kept = {k for k, v in of_type("AWS::Logs::LogGroup").items() if v["RetentionInDays"]}

    for function in _of_type("AWS::Lambda::Function"):
        assert function["LoggingConfig"]["LogGroup"]["Ref"] in kept
    for stage in _of_type("AWS::ApiGatewayV2::Stage"):
        assert stage["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0] in kept


def test_an_api_function_gives_up_before_the_api_does():
    for function in FUNCTIONS.values():
        if any(event["Type"] == "HttpApi" for event in function["Events"].values()):
            assert function.get("Timeout", GLOBALS["Timeout"]) < 30


def test_no_function_is_without_an_event():
    assert [name for name, function in FUNCTIONS.items() if not function.get("Events")] == []


def test_every_route_belongs_to_the_one_api():
    for function in FUNCTIONS.values():
        for event in function["Events"].values():
            if event["Type"] == "HttpApi":
                assert event["Properties"]["ApiId"] == {"Ref": "Api"}


def _of_type(kind):
    return [r["Properties"] for r in cloudformation().values() if r["Type"] == kind]


def test_those_that_read_files_and_no_others_have_the_layer_that_reads_parquet():
    reading = {"CreateImport", "EstimateImport", "PreviewImport", "ProcessImport"}

    assert {name for name in FUNCTIONS if "Layers" in FUNCTIONS[name]} == reading
    assert all(FUNCTIONS[name]["Layers"] == [{"Ref": "ParquetLayer"}] for name in reading)
