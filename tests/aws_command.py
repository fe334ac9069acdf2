"""As much of the AWS command line as the runbooks use, so that a test can run them as they stand.

It knows `aws <service> <operation>` and `aws <service> wait <waiter>` with their options, `--query`
and `--output text`; not the high-level commands, such as `aws s3 cp`.
"""

import json
import re
import sys
from typing import Any

import boto3
import jmespath
from botocore import xform_name

_SERVICES = {"s3api": "s3"}
_PAIR = re.compile(r"(\w+)=([^,]*)")


def main(arguments: list[str]) -> None:
    """Run a command; what it answers goes to the standard output."""
    service, operation, *rest = arguments
    client = boto3.client(_SERVICES.get(service, service))
    if operation == "wait":
        waiter, *rest = rest
        options = _options(rest)
        waits = client.get_waiter(waiter.replace("-", "_"))
        shape = client.meta.service_model.operation_model(waits.config.operation).input_shape
        waits.wait(**_parameters(options, shape), WaiterConfig={"Delay": 1})
        return
    options = _options(rest)
    shown = {name: options.pop(name, [""])[0] for name in ("query", "output")}
    name = operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[name])
    answer = getattr(client, name)(**_parameters(options, model.input_shape))
    answer.pop("ResponseMetadata")
    found = jmespath.search(shown["query"], answer) if shown["query"] else answer
    if found:
        text = _text(found) if shown["output"] == "text" else json.dumps(found, default=str)
        sys.stdout.write(f"{text}\n")


def _options(arguments: list[str]) -> dict[str, list[str]]:
    options: dict[str, list[str]] = {}
    for argument in arguments:
        if argument.startswith("--"):
            options[argument[2:]] = values = []
        else:
            values.append(argument)
    return options


def _parameters(options: dict[str, list[str]], shape: Any) -> dict[str, Any]:
    members = {xform_name(name, "-"): (name, member) for name, member in shape.members.items()}
    given = {}
    for option, values in options.items():
        name, member = members[option.removeprefix("no-")]
        given[name] = _value(values, member) if values else not option.startswith("no-")
    return given


def _value(values: list[str], shape: Any) -> Any:
    (first, *_) = values
    match shape.type_name:
        case "list" if not first.startswith("["):
            return values
        case "structure" | "map" | "list" if first[0] in "[{":
            return json.loads(first)
        case "structure":
            pairs = _PAIR.findall(first)
            return {name: _scalar(value, shape.members[name].type_name) for name, value in pairs}
    return _scalar(first, shape.type_name)


def _scalar(text: str, kind: str) -> Any:
    if kind == "boolean":
        return text == "true"
    if kind in {"integer", "long"}:
        return int(text)
    return float(text) if kind in {"double", "float"} else text


def _text(found: Any) -> str:
    return "\t".join(map(str, found)) if isinstance(found, list) else str(found)


if __name__ == "__main__":
    main(sys.argv[1:])
