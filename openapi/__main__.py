"""Writes the OpenAPI document, and the methods of each path, to where functions read them."""

import sys

from openapi.document import METHODS, TARGET, Undocumented, build, text
from openapi.routes import methods


def main() -> int:
    """Write it; 0 when every route is documented."""
    try:
        TARGET.write_text(text(build()), "utf-8")
        METHODS.write_text(text(methods()), "utf-8")
    except Undocumented as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
