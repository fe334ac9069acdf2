"""Functions that send to the very queue that invokes them: Lambda takes those for a mistake."""

from tests.declared import of_type
from tests.transformed import cloudformation, listed, statements

FUNCTIONS = of_type("AWS::Serverless::Function")
QUEUES = {
    name: event["Properties"]["Queue"]["Fn::GetAtt"][0]
    for name, function in FUNCTIONS.items()
    for event in function["Events"].values()
    if event["Type"] == "SQS"
}


def test_recursion_is_allowed_where_it_is_meant_and_nowhere_else():
    handing_themselves_on = {name for name, queue in QUEUES.items() if _may_send(name, queue)}
    deployed = {
        name: resource["Properties"].get("RecursiveLoop")
        for name, resource in cloudformation().items()
        if resource["Type"] == "AWS::Lambda::Function"
    }

    assert handing_themselves_on == {"ProcessExport", "ProcessImport", "PurgeTable"}
    assert deployed == {
        name: "Allow" if name in handing_themselves_on else None for name in deployed
    }


def _may_send(function, queue):
    return any(
        "sqs:SendMessage*" in listed(statement["Action"]) and queue in str(statement["Resource"])
        for statement in statements(function)
    )
