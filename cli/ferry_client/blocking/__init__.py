# fmt: off
# Written from ../aio by `make openapi`; do not edit.
"""The client for programs that wait by blocking."""
