from hypothesis import given
from hypothesis import strategies as st

from ferry.jobs.job_life import JobLife


def test_samples_of_a_minute_are_all_kept():
    life = JobLife()
    for at in range(100, 140, 2):
        life = life.sampled(at, at * 10)

    assert [sample.at for sample in life.samples] == list(range(100, 140, 2))


def test_of_a_time_without_rows_the_first_and_the_last_second_are_kept():
    life = JobLife()
    for at, rows in enumerate([0, 0, 0, 5, 5, 5, 5, 9]):
        life = life.sampled(at, rows)

    assert life.samples == ((0, 0), (2, 0), (3, 5), (6, 5), (7, 9))


def test_samples_of_a_day_are_few_and_equally_far_apart():
    life = JobLife()
    for at in range(0, 86_400, 2):
        life = life.sampled(at, at)

    apart = {b.at - a.at for a, b in zip(life.samples, life.samples[1:-1], strict=False)}
    assert len(life.samples) <= 49
    assert (life.samples[0].at, life.samples[-1].at) == (0, 86_398)
    assert len(apart) == 1


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_the_last_sample_is_there_whatever_the_clock_does(times):
    life = JobLife()
    for at in times:
        life = life.sampled(at, 1)

    assert life.samples[-1].at == max(times)
    assert len(life.samples) <= 50


def test_of_very_many_events_the_first_and_the_last_are_kept():
    life = JobLife()
    for at in range(100):
        life = life.noting("claimed", at)

    times = [event.at for event in life.events]
    assert (len(times), times[:4], times[-1]) == (30, [0, 1, 2, 3], 99)
