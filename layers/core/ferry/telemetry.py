"""The process-wide logger and metrics; POWERTOOLS_* in template.yaml names them.

Logs hold ids and counts: never rows, tokens, bodies or addresses.
"""

from aws_lambda_powertools import Logger, Metrics

logger = Logger()
metrics = Metrics()
