import pytest

from ferry.aws.retry import Backoff


class Passing(Exception):
    """A fault that may pass."""


@pytest.fixture
def pauses(monkeypatch):
    slept = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept


def may_pass(error):
    return isinstance(error, Passing)


def failing(*faults):
    faults = list(faults)

    def request():
        if faults:
            raise faults.pop(0)
        return "answer"

    return request


def test_pauses_are_anything_up_to_a_bound_that_doubles_and_ends():
    backoff = Backoff(first_s=0.1, longest_s=5)
    for failures, longest in ((1, 0.1), (3, 0.4), (6, 3.2), (9, 5), (50, 5)):
        pauses = [backoff.pause_s(failures) for _ in range(500)]
        assert 0 <= min(pauses) < longest / 10
        assert longest * 0.9 < max(pauses) <= longest


def test_each_try_but_the_first_waits(pauses):
    assert list(Backoff(tries=4).attempts()) == [1, 2, 3, 4]
    assert len(pauses) == 3


def test_what_may_pass_is_tried_again(pauses):
    request = failing(Passing(), Passing())

    assert Backoff(tries=3).call(request, may_pass=may_pass) == "answer"
    assert len(pauses) == 2


def test_the_last_fault_is_raised(pauses):
    faults = [Passing(str(n)) for n in range(5)]

    with pytest.raises(Passing, match="2"):
        Backoff(tries=3).call(failing(*faults), may_pass=may_pass)
    assert len(pauses) == 2


def test_what_does_not_pass_is_raised_at_once(pauses):
    with pytest.raises(KeyError):
        Backoff().call(failing(KeyError()), may_pass=may_pass)
    assert not pauses
