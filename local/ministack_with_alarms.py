"""Starts ministack 1.5.33, which refuses alarms over several metrics, so that it takes them.

It runs in the engine's own environment, without ours. An alarm is made with the first of its
metrics: it is there, it can be set to a state, and it notifies its topic; it does not compute.
"""

import runpy
from typing import Any

from ministack.services.cloudformation import provisioners

_make = provisioners._cw_metric_alarm_record


def _made_of_one(name: str, properties: dict[str, Any]) -> Any:
    queries = properties.get("Metrics", [])
    statistics = [query["MetricStat"] for query in queries if "MetricStat" in query]
    if not statistics:
        return _make(name, properties)
    first = statistics[0]
    single = {key: value for key, value in properties.items() if key != "Metrics"}
    return _make(
        name,
        single | first["Metric"] | {"Statistic": first["Stat"], "Period": first["Period"]},
    )


provisioners._cw_metric_alarm_record = _made_of_one
runpy.run_module("ministack", run_name="__main__", alter_sys=True)
