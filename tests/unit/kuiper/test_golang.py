import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.errors import InvalidItem
from ferry.kuiper.golang.durations import milliseconds
from ferry.kuiper.golang.quoting import quote, unquote


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", '""'),
        ("a b", '"a b"'),
        ('say "hi"\\', '"say \\"hi\\"\\\\"'),
        ("\a\b\f\n\r\t\v", '"\\a\\b\\f\\n\\r\\t\\v"'),
        ("\x1b\x7f", '"\\x1b\\x7f"'),
        ("温\xa0\u200b", '"温\\u00a0\\u200b"'),
        ("\U000e0001", '"\\U000e0001"'),
    ],
)
def test_quote_is_that_of_strconv(text: str, quoted: str) -> None:
    assert quote(text) == quoted


@given(st.text())
def test_unquote_undoes_quote(text: str) -> None:
    assert unquote(quote(text)[1:-1]) == text


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("\\xe6\\xb8\\xa9", "温"),
        ("\\346\\270\\251", "温"),
        ("\\xff", "\ufffd"),
        ("\\101", "A"),
        ("\\U0001f600", "😀"),
        ("\\'", None),
        ("\\q", None),
        ("\\x4", None),
        ("\\777", None),
        ("\\ud800", None),
        ("\\U00110000", None),
        ("a\nb", None),
        ("\\n\ud800", None),
    ],
)
def test_unquote_is_that_of_strconv(body: str, value: str | None) -> None:
    assert unquote(body) == value


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0", 0),
        ("300ms", 300),
        ("-1.5h", -5_400_000),
        ("+2h45m", 9_900_000),
        (".5s", 500),
        ("1µs", 0.001),
    ],
)
def test_duration_is_in_milliseconds(text: str, length: float) -> None:
    assert milliseconds(text) == length


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'time: invalid duration ""'),
        ("-", 'time: invalid duration "-"'),
        ("abc", 'time: invalid duration "abc"'),
        ("10", 'time: missing unit in duration "10"'),
        ("10x", 'time: unknown unit "x" in duration "10x"'),
        ("1s.", 'time: invalid duration "1s."'),
    ],
)
def test_duration_is_refused_in_the_words_of_go(text: str, message: str) -> None:
    with pytest.raises(InvalidItem) as refused:
        milliseconds(text)
    assert str(refused.value) == message
