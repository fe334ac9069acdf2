"""Writes the OpenAPI document, and the routes, to where functions read them."""

import sys

from openapi.document import ROUTES, TARGET, Undocumented, build, routes, text


def main() -> int:
    """Write it; 0 when every route is documented."""
    try:
        TARGET.write_text(text(build()), "utf-8")
        ROUTES.write_text(text(routes()), "utf-8")
    except Undocumented as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
