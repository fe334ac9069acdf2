"""Do one case in one way: `python -m benchmarks.variants boto3_resource export_csv PATH`."""

import sys
from importlib import import_module

variant, case, path = sys.argv[1:]
getattr(import_module(f"benchmarks.variants.{variant}"), case)(path)
