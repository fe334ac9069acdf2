"""Prints what SAM itself makes of a template and a file of variables. Runs in SAM's environment."""

import json
import sys
from pathlib import Path

from samcli.commands.local.lib.local_lambda import LocalLambdaRunner
from samcli.lib.providers.api_provider import ApiProvider
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider


def main() -> None:
    """Print the functions' variables as a container would get them, and the routes."""
    template, variables, architecture = sys.argv[1:]
    stacks, _ = SamLocalStackProvider.get_stacks(
        template, parameter_overrides={"Architecture": architecture}
    )
    functions = SamFunctionProvider(stacks, ignore_code_extraction_warnings=True)
    values = json.loads(Path(variables).read_text())
    runner = LocalLambdaRunner(None, functions, ".", ".", env_vars_values=values)
    routes = ApiProvider(stacks).routes
    found = {
        "variables": {f.name: runner._make_env_vars(f).resolve() for f in functions.get_all()},
        "code": {f.name: f.codeuri for f in functions.get_all()},
        "routes": sorted({f"{m} {route.path}" for route in routes for m in route.methods}),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
