"""The commands behind `make up`, `down`, `logs`, `demo`, `load` and `sam-local`."""

import argparse
import sys
from pathlib import Path

from ferry_client import FerryError
from local import demo, load, sam_local, service
from local.gateway import READINGS, USUAL
from local.instance import Failed, Instance
from local.logs import follow


def main() -> int:
    """Run the command the arguments name; 0 when it did what it should."""
    arguments = _parser().parse_args()
    instance = Instance(
        arguments.state.resolve(), arguments.port, arguments.engine_port, arguments.reading
    )
    try:
        arguments.command(instance)
    except (Failed, FerryError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(".local"))
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--engine-port", type=int, default=4566)
    parser.add_argument("--reading", choices=READINGS, default=USUAL)
    commands = parser.add_subparsers(required=True)
    known = {
        "up": service.up,
        "down": service.down,
        "logs": follow,
        "demo": demo.run,
        "load": load.run,
        "sam-local": sam_local.write,
    }
    for name, command in known.items():
        subparser = commands.add_parser(name, help=command.__doc__)
        subparser.set_defaults(command=command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
