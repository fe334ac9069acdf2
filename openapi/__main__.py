"""Writes the OpenAPI document and the routes, and what the client has of them."""

import sys

from openapi import client_calls, client_types
from openapi.document import ROUTES, TARGET, Undocumented, build, routes, text


def main() -> int:
    """Write it; 0 when every route is documented."""
    try:
        document = build()
        TARGET.write_text(text(document), "utf-8")
        client_types.TARGET.write_text(client_types.text(document), "utf-8")
        for file, content in client_calls.written():
            file.write_text(content, "utf-8")
        ROUTES.write_text(text(routes()), "utf-8")
    except Undocumented as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
