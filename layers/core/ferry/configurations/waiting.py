"""Waiting for an import, so that its caller is answered as the engine answers: at once."""

from collections.abc import Callable
from time import monotonic, sleep

from ferry.configurations.config_job import CONFIGURATIONS, ConfigJob
from ferry.jobs.job_store import Jobs

PATIENCE_S = 20.0
"""An HTTP API gives up after 30 seconds, and the answer has to be read and written too."""

_SPARE_S = 5.0
"""Of the function's time, for the answer."""
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 0.25
_GROWTH = 1.5


def wait_for(job: ConfigJob, jobs: Jobs, time_left: Callable[[], float]) -> ConfigJob:
    """Return the job once it has ended, or as it is when the patience does.

    Args:
        job: the job.
        jobs: where it is.
        time_left: seconds until the function is stopped.

    """
    deadline = monotonic() + min(PATIENCE_S, time_left() - _SPARE_S)
    pause_s = _FIRST_PAUSE_S
    while not job.ended and monotonic() < deadline:
        sleep(pause_s)
        # Most imports take under a second: short pauses first, so that they are answered at once.
        pause_s = min(pause_s * _GROWTH, _LONGEST_PAUSE_S)
        job = jobs.get(job.id, CONFIGURATIONS)
    return job
