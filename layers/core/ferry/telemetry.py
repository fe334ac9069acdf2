"""The process-wide logger and metrics; POWERTOOLS_* in template.yaml names them.

Logs hold ids and counts: never rows, tokens, bodies or addresses.
"""

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
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
