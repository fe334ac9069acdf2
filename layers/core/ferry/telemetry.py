"""The process-wide logger and metrics; POWERTOOLS_* in template.yaml names them.

Logs hold ids, counts and kinds of errors: never rows, tokens, bodies or addresses.
"""

import traceback
from collections.abc import Iterator
from typing import Any

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import ClientError


class Wordless(LambdaPowertoolsFormatter):
    """Logs exceptions without their messages, which may quote a file, a request or AWS's answer.

    What remains is where they were raised, their types, and AWS's error codes.
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls
        """Return where each exception of a chain was raised, and its kind."""
        return "\n".join(_places(ei[1]))

    def serialize(self, log: dict[str, Any]) -> str:  # type: ignore[override]  # takes any line
        """Return a line of the log."""
        if isinstance(trace := log.get("stack_trace"), dict):
            trace.pop("value", None)
        return super().serialize(log)


def _places(error: BaseException | None) -> Iterator[str]:
    # An error that threads hand on can be the context of its own cause. Without this, a worker logs
    # the cycle until its time is over.
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield from (line.rstrip() for line in traceback.format_tb(error.__traceback__))
        yield _kind(error)
        error = error.__cause__ or error.__context__


def _kind(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, ClientError):
        return f"{name}: {error.response['Error']['Code']} of {error.operation_name}"
    return name


logger = Logger(logger_formatter=Wordless())
metrics = Metrics()


def emit(name: str, value: float, *, unit: str = "Count", **dimensions: str) -> None:
    """Emit a metric that has dimensions beside the service, at once.

    Each combination of dimensions that comes to be is a metric that CloudWatch bills, so their
    values are few: operations and outcomes, never ids.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/publishingMetrics.html
    """
    with single_metric(name=name, unit=MetricUnit(unit), value=value) as metric:
        for dimension, text in dimensions.items():
            metric.add_dimension(dimension, text)
