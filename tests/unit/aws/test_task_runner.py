"""Tasks: their order, what each is told, and what they may raise."""

from random import Random

import msgspec
import pytest
from botocore.exceptions import ClientError

from ferry.aws.signed_client.task_runner import Ask, run_all

REFUSAL = ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")


class Service:
    """Answers requests in any order, none but while it is waited for; `most` may be open."""

    def __init__(self, answer, most=4):
        self.answer = answer
        self.most = most
        self.open = []
        self.most_open = 0
        self.chance = Random(3)

    def send(self, request):
        while len(self.open) >= self.most:
            self.turn()
        self.open.append(request)
        self.most_open = max(self.most_open, len(self.open))

    def turn(self):
        request = self.open.pop(self.chance.randrange(len(self.open)))
        answer = self.answer(request.operation, msgspec.json.decode(request.body))
        if isinstance(answer, ClientError):
            request.refused(answer)
        else:
            request.answered(msgspec.json.encode(answer))


def echo(_, parameters):
    return parameters


def counting(number, asks):
    """Ask so many times; return all that was answered."""
    told = []
    for turn in range(asks):
        answer = yield Ask("Echo", {"number": number, "turn": turn})
        told.append(msgspec.json.decode(answer))
    return told


@pytest.mark.parametrize("tasks", [0, 1, 3, 50])
def test_each_task_is_told_its_own_answers_and_results_keep_their_order(tasks):
    service = Service(echo)

    results = list(run_all(service, (counting(n, n % 4) for n in range(tasks))))

    assert results == [[{"number": n, "turn": t} for t in range(n % 4)] for n in range(tasks)]
    assert service.most_open <= service.most


def test_a_refusal_is_the_tasks_own():
    def asking(number):
        try:
            yield Ask("PutItem", {"number": number})
        except ClientError as error:
            return error.response["Error"]["Code"]
        return number

    service = Service(lambda _, asked: REFUSAL if asked["number"] % 2 else {})

    assert list(run_all(service, map(asking, range(4)))) == [
        0,
        "ConditionalCheckFailedException",
        2,
        "ConditionalCheckFailedException",
    ]


def test_what_a_task_raises_ends_all():
    begun = []

    def asking(number):
        begun.append(number)
        yield Ask("PutItem", {"number": number})
        raise KeyError(number)

    with pytest.raises(KeyError):
        list(run_all(Service(echo), map(asking, range(100))))

    assert len(begun) < 100


def test_nothing_more_is_begun_when_the_caller_stops():
    begun = []

    def asking(number):
        begun.append(number)
        yield Ask("Echo", {})
        return number

    results = run_all(Service(echo), map(asking, range(100)))
    assert next(results) == 0
    results.close()

    assert len(begun) < 100


def test_binary_values_go_out_as_base64_text():
    seen = []

    def asking():
        yield Ask("PutItem", {"Item": {"a": {"B": b"\xff"}, "b": {"B": "/w=="}}})

    list(run_all(Service(lambda _, asked: seen.append(asked) or {}), [asking()]))

    assert seen == [{"Item": {"a": {"B": "/w=="}, "b": {"B": "/w=="}}}]
