import pytest
from hypothesis import given

from ferry.errors import InvalidStatement
from ferry.kuiper.sql.cursor import MAX_DEPTH
from ferry.kuiper.sql.ddl.create import is_create, parse_source
from ferry.kuiper.sql.ddl.ddl_options import OPTION_NAMES
from ferry.kuiper.sql.ddl.printing import print_source
from ferry.kuiper.sql.lexer import tokens
from ferry.kuiper.sql.query.calls import functions_called
from ferry.kuiper.sql.query.select import parse_select
from ferry.kuiper.sql.statements import ArrayType, BasicType, CreateSource, StreamField, StructType
from tests.unit.kuiper.strategies import fault_of, sources, sql_texts


@given(sources)
def test_printed_source_parses_to_itself(source: CreateSource) -> None:
    assert parse_source(print_source(source)) == source


@given(sql_texts)
def test_any_text_is_a_statement_or_wrong_somewhere(text: str) -> None:
    for parse in (parse_source, parse_select):
        fault = fault_of(parse, text, InvalidStatement)
        assert fault is None or 0 <= fault.offset <= len(text)


@given(sql_texts)
def test_tokens_stand_in_order_and_end_once(text: str) -> None:
    found = list(tokens(text))
    offsets = [offset for _, _, offset in found]
    assert offsets == sorted(offsets)
    assert [kind for kind, _, _ in found].count("EOF") == 1
    assert found[-1] == ("EOF", "EOF", len(text))


def test_types_nest() -> None:
    source = parse_source(
        "CREATE STREAM s (a array(struct(b bigint, `select` ARRAY(STRING)))) WITH ()"
    )
    inner = StructType(
        (StreamField("b", BasicType.BIGINT), StreamField("select", ArrayType(BasicType.STRING)))
    )
    assert source.fields == (StreamField("a", ArrayType(inner)),)


@pytest.mark.parametrize("opening", ["ARRAY(", "STRUCT(a "])
def test_types_nested_too_deep_are_refused_where_it_is_too_deep(opening: str) -> None:
    text = f"CREATE STREAM s (a {opening * 10_000}"
    with pytest.raises(InvalidStatement, match="nested deeper than 100 levels") as refused:
        parse_source(text)
    assert refused.value.offset < 30 + len(opening) * (MAX_DEPTH + 1)


@pytest.mark.parametrize(
    "opening", ["(", "f(", "a[", "CASE WHEN ", "CASE ", "NOT (", "a FILTER(WHERE "]
)
def test_expressions_nested_too_deep_are_refused(opening: str) -> None:
    with pytest.raises(InvalidStatement):
        parse_select(f"SELECT {opening * 10_000}")


def test_replacements_nested_too_deep_are_refused() -> None:
    with pytest.raises(InvalidStatement, match="nested deeper"):
        parse_select("SELECT " + "* REPLACE (" * 10_000)


def test_long_flat_expressions_are_no_problem() -> None:
    assert parse_select(f"SELECT {'NOT - ' * 10_000}a {'+ a ' * 10_000} FROM s").sources == ("s",)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("CREATE STREAM s (a ARRAY STRING)", 'found "STRING", expect lparen after array.'),
        (
            "CREATE STREAM s (a ARRAY(STRING, b)",
            'found ",", expect rparen in array of stream definition.',
        ),
        ("CREATE STREAM s (a BIGINT DEFAULT b)", 'found "b", expect literal in DEFAULT clause.'),
        (
            "CREATE STREAM s (a BIGINT DEFAULT 9223372036854775808)",
            "cannot convert int(9223372036854775808) to int64",
        ),
        ('CREATE STREAM s (a FLOAT DEFAULT "x")', "cannot convert string(x) to float64"),
        ("CREATE STREAM s (a FLOAT DEFAULT true)", "cannot convert bool(true) to float64"),
        ("CREATE STREAM s (a BOOLEAN DEFAULT 1.5)", "cannot convert float64(1.5) to bool"),
        ("CREATE STREAM s (a DATETIME DEFAULT 1)", "DEFAULT clause is not supported for datetime"),
        ("CREATE STREAM s () WITH (DATASOURCE)", 'found ")", expect equals(=) in options.'),
        (
            "CREATE STREAM s () WITH (DATASOURCE=users)",
            'found "users", expect string or boolean value in option.',
        ),
        (
            "CREATE STREAM s () WITH (DATASOURCE='x')",
            'found "x", expect string or boolean value in option.',
        ),
        (
            "CREATE STREAM s () WITH (RETAIN_SIZE=3)",
            'found "3", expect string or boolean value in option.',
        ),
        (
            'CREATE STREAM s () WITH (RETAIN_SIZE="x")',
            'found "x", expect number value in RETAIN_SIZE option.',
        ),
        (
            'CREATE STREAM s () WITH (DATASOURCE="x"',
            f'found "EOF", unknown option keys({"|".join(OPTION_NAMES)}).',
        ),
        ("DROP STREAM s", 'found "DROP", expected keyword create.'),
    ],
)
def test_source_is_refused_with_what_was_found(text: str, error: str) -> None:
    with pytest.raises(InvalidStatement) as refused:
        parse_source(text)
    assert str(refused.value) == error


@pytest.mark.parametrize(
    "definition",
    [
        'a BIGINT DEFAULT "0x1F"',
        "a BIGINT DEFAULT -5",
        'a FLOAT DEFAULT "1.5e3"',
        "a FLOAT DEFAULT 3",
        "a BOOLEAN DEFAULT true",
        'a BOOLEAN DEFAULT "T"',
        "a BOOLEAN DEFAULT 1",
        "a STRING DEFAULT 'x'",
        "a STRING DEFAULT 1.5",
        "a BIGINT DEFAULT 1.5",
    ],
)
def test_defaults_that_convert(definition: str) -> None:
    source = parse_source(f"CREATE STREAM s ({definition}) WITH ()")
    assert source.fields[0].default is not None


def test_refusal_knows_its_place() -> None:
    with pytest.raises(InvalidStatement) as refused:
        parse_source("CREATE STREAM s (a BIGINT, b nothing)")
    assert refused.value.offset == 29


def test_long_words_are_shortened_in_errors() -> None:
    with pytest.raises(InvalidStatement) as refused:
        parse_source(f"CREATE STREAM s (a {'x' * 1_000_000})")
    assert len(str(refused.value)) < 3_000


@pytest.mark.parametrize(
    ("text", "creates"),
    [
        ("create stream", True),
        (" -- x\n/* y */CREATE", True),
        ("", False),
        ("DROP STREAM a", False),
    ],
)
def test_only_create_creates(text: str, *, creates: bool) -> None:
    assert is_create(text) is creates


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM s",
        "SELECT a.*, b->c->d[0]->e[1:], f[:2], g[1:2] FROM s;anything ' goes",
        "SELECT * EXCEPT(a, b) REPLACE(c * 2 AS d) FROM s",
        "SELECT a AS b INVISIBLE, c INVISIBLE AS d FROM s",
        "SELECT unnest(a) AS (b, c) FROM s",
        "SELECT CASE WHEN a > 1 THEN 'x' ELSE \"y\" END, CASE a WHEN 1 THEN 2 END FROM s",
        'SELECT a FROM s WHERE a NOT IN (1, 2) AND b BETWEEN 1 AND 2 OR c NOT LIKE "x%" AND NOT d',
        "SELECT count(*) FILTER(WHERE a > 1), lag(a) OVER (PARTITION BY b, c WHEN d) FROM s",
        "SELECT a FROM s LEFT JOIN t ON s.a = t.a RIGHT JOIN u ON u.a = s.a",
        "SELECT a FROM s GROUP BY a, SLIDINGWINDOW(ss, 10) OVER (WHEN a > 1) HAVING count(*) > 1",
        "SELECT a FROM s ORDER BY a DESC, b ASC LIMIT 10",
        "SELECT -a, - 1, 1.5, TRUE FROM s",
        "SELECT cur_date(), row_number() OVER () FROM s INNER JOIN t",
    ],
)
def test_selects_that_parse(text: str) -> None:
    assert parse_select(text).sources[0] == "s"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", 'found "EOF", expected SELECT.'),
        ("foo bar", 'found "foo", expected SELECT.'),
        ("SELECT FROM s", 'found "FROM", expected expression.'),
        ("SELECT a + FROM s", 'found "FROM", expected expression.'),
        ("SELECT a NOT b FROM s", 'found "b", expected expression.'),
        ("SELECT (a FROM s", 'found "FROM", expected right paren.'),
        ("SELECT a[1 FROM s", 'found "FROM", expected right bracket.'),
        ("SELECT a b FROM s", 'found "b", expected FROM.'),
        ("SELECT a. FROM s", 'found "FROM", expected field name.'),
        ("SELECT a-> FROM s", 'found "FROM", expected field name.'),
        ("SELECT a AS 1 FROM s", 'found "1", expected as alias.'),
        ("SELECT CASE a END FROM s", 'found "END", expected WHEN.'),
        ("SELECT a FROM s LEFT t", 'found "t", expected JOIN key word.'),
        ("SELECT a FROM s LIMIT x", 'found "x", expected integer after LIMIT.'),
        ("SELECT a FROM s WHERE", 'found "EOF", expected expression.'),
        ('SELECT a FROM "s"', 'found "s", expected EOF.'),
        ("SELECT a FROM (SELECT b FROM s)", 'found "(", expected EOF.'),
    ],
)
def test_select_is_refused_with_what_was_found(text: str, error: str) -> None:
    with pytest.raises(InvalidStatement) as refused:
        parse_select(text)
    assert str(refused.value) == error


def test_from_and_nothing_has_an_empty_source() -> None:
    assert parse_select("SELECT a FROM").sources == ("",)


def test_functions_are_found_wherever_they_are_called() -> None:
    select = parse_select(
        "SELECT F(g(a)) FROM s INNER JOIN t ON h(a) = 1 WHERE i(a) GROUP BY j(a) HAVING k(a) "
        "ORDER BY l(a)"
    )
    assert select.functions == ("f", "g", "h", "i", "j", "k", "l")
    assert functions_called("f (a, g(b)) and 'x(y)' and `z` and (a)") == ("f", "g")
