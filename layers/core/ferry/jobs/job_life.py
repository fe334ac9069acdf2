"""The course of a job: how many rows it had come to when, and what befell it.

It is saved with what is saved anyway, and bounded: a job of a day takes as much room as one of a
minute. What a worker that was killed had not saved is not in it. Pure.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from ferry.jobs.job import JobHeader

_MOST_SAMPLES = 48
_FIRST_EVENTS, _LAST_EVENTS = 4, 26


class Sample(NamedTuple):
    """Rows by a second, which counts from 1970."""

    at: int
    rows: int


class Event(NamedTuple):
    """An event, and its second. Releases may know others.

    `claimed` by a worker, `released` to another one, `restarted` where work was lost, `resumed`
    with another budget; at an end the job's status.
    """

    name: str
    at: int


class JobLife(msgspec.Struct, frozen=True):
    """The course of a job.

    Attributes:
        samples: equally far apart, the last one excepted.
        events: of very many, the first and the last.

    """

    samples: tuple[Sample, ...] = ()
    events: tuple[Event, ...] = ()

    def sampled(self, at: int, rows: int) -> "JobLife":
        """Return it with one sample more."""
        if self.samples:
            at = max(at, self.samples[-1].at)  # clocks of two workers may differ
        kept = self.samples
        if [sample.rows for sample in kept[-2:]] == [rows, rows]:
            kept = kept[:-1]  # where it stands still, the first and the last second say so
        return JobLife(_spread((*kept, Sample(at, rows))), self.events)

    def noting(self, name: str, at: int) -> "JobLife":
        """Return it with one event more."""
        events = (*self.events, Event(name, at))
        if len(events) > _FIRST_EVENTS + _LAST_EVENTS:
            events = events[:_FIRST_EVENTS] + events[-_LAST_EVENTS:]
        return JobLife(self.samples, events)


def claimed[J: JobHeader](job: J, now: int) -> J:
    """Return the job that a worker has claimed, with that in its life."""
    life = job.life.noting("claimed", now).sampled(now, job.rows_done)
    return msgspec.structs.replace(job, life=life)


def lived(before: "JobHeader", job: "JobHeader", now: int) -> JobLife:
    """Return the life of a job that is being saved, which was as `before` so far."""
    life = before.life.sampled(now, job.rows_done)
    if job.ended and not before.ended:
        return life.noting(job.status.value, now)
    if before.worker and not job.worker:
        return life.noting("released", now)
    return life.noting("restarted", now) if job.restarts > before.restarts else life


def life_view(job: "JobHeader") -> dict[str, Any]:
    """Return the life as the API shows it; times are Unix seconds."""
    accepted = Event("accepted", job.accepted_at // 1000)
    return {
        "events": [{"event": name, "at": at} for name, at in (accepted, *job.life.events)],
        "samples": [{"at": at, "rows": rows} for at, rows in job.life.samples],
    }


def _spread(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """Return at most one sample a period, the last one of each."""
    first, last = samples[0].at, samples[-1].at
    period = 1
    while last - first >= period * _MOST_SAMPLES:
        period *= 2
    periods = {(sample.at - first + period - 1) // period: sample for sample in samples}
    return tuple(periods.values())
