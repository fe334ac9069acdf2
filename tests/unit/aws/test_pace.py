from ferry.aws.signed_client.pace import Pace


def test_each_round_without_throttling_allows_one_request_more_up_to_32():
    pace = Pace()
    seen = []
    for _ in range(40):
        seen.append(pace.allowed)
        for _ in range(pace.allowed):
            pace.send()
            pace.succeeded()

    assert seen[:17] == list(range(16, 33))
    assert set(seen[17:]) == {32}


def test_requests_that_were_in_flight_together_halve_what_is_allowed_once():
    pace = Pace()
    flight = [pace.send() for _ in range(16)]

    for number in flight:
        pace.throttled(number)

    assert pace.allowed == 8
    pace.throttled(pace.send())
    assert pace.allowed == 4


def test_one_request_is_always_allowed():
    pace = Pace()
    for _ in range(20):
        pace.throttled(pace.send())

    assert pace.allowed == 1
    pace.send()
    pace.succeeded()
    assert pace.allowed == 2
