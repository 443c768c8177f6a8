"""Expressions: what they give, what is none, and that nothing makes the parser fall over."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.form.evaluate import EvaluationError, Evaluator
from bot.core.form.functions import FUNCTIONS, wrong_calls
from bot.core.form.values import Node, as_text, number_text
from bot.core.form.xpath import MAX_LENGTH, MAX_NESTING, ParseError, functions_used, parse, paths_used
from bot.forms.patterns import match


@dataclass(eq=False)
class Leaf:
    name: str
    value: str = ""
    parent: "Leaf | None" = None
    index: int = 1
    kids: list["Leaf"] = field(default_factory=list)

    def child(self, name: str) -> list["Leaf"]:
        return [kid for kid in self.kids if kid.name == name]

    def children(self) -> list["Leaf"]:
        return self.kids

    def text(self) -> str:
        return self.value

    def add(self, name: str, value: str = "") -> "Leaf":
        kid = Leaf(name, value, self, len(self.child(name)) + 1)
        self.kids.append(kid)
        return kid


class Ground:
    """A small form's answers: /data with a (7), empty (""), born, name, and three guests with ages 30, 4 and none."""

    def __init__(self, now: datetime = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)) -> None:
        self.now, self.match = now, match
        self.root = Leaf("")
        self.data = self.root.add("data")
        for name, value in (("a", "7"), ("empty", ""), ("born", "2001-02-28"), ("name", "Ana"), ("flag", "true")):
            self.data.add(name, value)
        for age in ("30", "4", ""):
            guest = self.data.add("guest")
            guest.add("age", age)
        self.fruit = Leaf("instance")
        rows = self.fruit.add("root")
        for name in ("apple", "pear", "fig"):
            row = rows.add("item")
            row.add("name", name)
            row.add("label", name.title())

    def instance(self, name: str) -> Node | None:
        return self.fruit if name == "fruit" else None

    def itext(self, key: str) -> str:
        return f"<{key}>"

    def choice_name(self, value: str, path: str, node: Node) -> str:
        return f"{path}:{value}"

    def chance(self, node: Node, use: str) -> int:
        return 2**63

    def kept(self, node: Node) -> str:
        return node.text()


def evaluate(source: str, at: str = "", now: datetime | None = None) -> str:
    ground = Ground(now) if now else Ground()
    node = ground.data
    for step in at.split("/") if at else []:
        name, _, index = step.partition("[")
        node = node.child(name)[int(index[:-1]) - 1 if index else 0]
    return as_text(Evaluator(ground, FUNCTIONS).value(parse(source), node))


# Compared with ODK Web Forms 0.22 (@getodk/xforms-engine), which gave every one of these but where a comment says so.
TABLE = [
    # Empty is not zero.
    ("/data/empty < 18", "false"),
    ("/data/empty >= 18", "false"),
    ("not(/data/empty >= 18)", "true"),
    ("/data/empty = ''", "true"),
    ("/data/empty = 0", "false"),
    ("/data/empty + 1", ""),
    ("/data/missing = ''", "false"),
    ("not(/data/missing = '')", "true"),
    ("'' < 5", "false"),
    ("boolean(/data/empty)", "true"),
    ("boolean(string(/data/empty))", "false"),
    ("sum(/data/guest/age)", ""),
    ("sum(/data/guest[age != '']/age)", "34"),
    ("max(/data/guest/age)", ""),
    ("min(3, 1, 2)", "1"),
    ("count(/data/guest)", "3"),
    ("count-non-empty(/data/guest/age)", "2"),
    # Numbers.
    ("0.1 + 0.2", "0.30000000000000004"),
    ("1 div 3", "0.3333333333333333"),
    ("1 div 0", "Infinity"),
    ("0 div 0", ""),
    ("-10 mod 3", "-1"),
    ("5 mod -2", "1"),
    ("2 + 3 * 4", "14"),
    ("1 - 2 - 3", "-4"),
    ("8 div 2 div 2", "2"),
    ("2 - - 3", "5"),
    ("-(-3)", "3"),
    ("round(12.5)", "13"),
    ("round(-12.5)", "-13"),
    ("round(-12.125, 2)", "-12.13"),
    ("round(1234.5678, -2)", "1200"),
    ("int(-3.7)", "-3"),
    ("int('abc')", ""),
    ("floor(-2.5)", "-3"),
    ("ceiling(0.2)", "1"),
    ("string(100000000000000000000)", "100000000000000000000"),
    ("string(0.0000001)", "1e-7"),
    ("string(0.000001)", "0.000001"),
    ("string(12.0)", "12"),
    ("number('1,5')", ""),
    ("number(' 12 ')", "12"),
    ("number('5.')", "5"),
    ("pow(-8, 1 div 3)", ""),
    ("sqrt(-1)", ""),
    ("'1.0' = 1", "true"),
    ("'01' = '1'", "false"),
    ("'01' = 1", "true"),
    # Texts.
    ("concat('a', 1, true(), 1.50)", "a1true1.5"),
    ("substr('hello', 1, 3)", "el"),
    ("substr('hello', -3)", "llo"),
    ("substring('12345', 1.5, 2.6)", "234"),
    ("substring-after('1999/04/01', '/')", "04/01"),
    ("translate('bar', 'abc', 'AB')", "BAr"),
    ("normalize-space('  a   b ')", "a b"),
    ("string-length('zażółć')", "6"),
    ("join(', ', /data/guest/age)", "30, 4, "),
    ("coalesce('', 'b')", "b"),
    ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
    # Choices.
    ("selected('a b c', 'b')", "true"),
    ("selected('abc', 'b')", "false"),
    ("count-selected('a b  c')", "3"),
    ("selected-at('a b c', 1)", "b"),
    ("selected-at('a b c', 7)", ""),
    ("instance('fruit')/root/item[name = 'fig']/label", "Fig"),
    ("count(instance('fruit')/root/item)", "3"),
    ("jr:choice-name('b', '/data/a')", "/data/a:b"),
    # Dates are days.
    ("'2026-01-02' > '2026-01-01'", "true"),
    ("'2026-01-02' - '2026-01-01'", "1"),
    ("today()", "2026-11-24"),
    ("today() - date('2026-01-01')", "327"),
    ("/data/born < today()", "true"),
    ("int((today() - /data/born) div 365.25)", "25"),
    ("date('2026-1-5')", "2026-01-05"),
    ("date(date('2026-01-31') + 1)", "2026-02-01"),
    ("format-date('2026-02-03', '%e %n %y %b %a %d/%m/%Y')", "3 2 26 Feb Tue 03/02/2026"),
    ("format-date('nonsense', '%Y')", ""),
    ("decimal-time('06:00:00.000')", "0.25"),
    ("decimal-date-time('1970-01-02T12:00:00.000+00:00')", "1.5"),
    ("now()", "2026-11-24T09:30:00.000+00:00"),
    # Patterns are searched for, not matched whole; Java's and JavaScript's words for them are understood.
    ("regex('abc123', '[0-9]+')", "true"),
    ("regex('abc', '^[0-9]+$')", "false"),
    (r"regex('a.b-c@d.pt', '^[\w-\.]+@([\w-]+\.)+[\w-]{2,4}$')", "true"),
    (r"regex('żółw', '^\p{L}+$')", "true"),
    ("regex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '(')", "false"),
    # Paths.
    ("/data/guest[2]/age", "4"),
    ("/data/guest[position() = 2]/age", "4"),
    ("indexed-repeat(/data/guest/age, /data/guest, 2)", "4"),
    ("indexed-repeat(/data/guest/age, /data/guest, 9)", ""),
    ("//age", "30"),
    ("count(//age)", "3"),
    ("/data/guest/age = 4", "true"),
    ("/data/guest/age != 4", "true"),
    ("count(/data/guest[age > 3])", "2"),
    ("position(/data/guest[3])", "3"),
    ("count(/data/a | /data/name)", "2"),
    ("'a' or ''", "a"),
    ("1 and 0", "0"),
    ("true() > false()", "true"),
    ("if(/data/a > 5, 'big', 'small')", "big"),
    ("checklist(1, 2, 1, 0, 1)", "true"),
    ("weighted-checklist(3, 5, 1, 2, 1, 2)", "true"),
    ("once('later')", ""),
    ("string-length(uuid())", "36"),
    ("random() = 0.5", "true"),
]


@pytest.mark.parametrize(("source", "wanted"), TABLE, ids=[source for source, _ in TABLE])
def test_gives(source: str, wanted: str) -> None:
    if source == "once('later')":
        assert evaluate(source, "empty") == "later"
        assert evaluate(source, "a") == "7"
        return
    assert evaluate(source) == wanted


def test_looks_from_where_it_stands() -> None:
    assert evaluate("../age", "guest[1]/age") == "30"
    assert evaluate("position(..)", "guest[2]/age") == "2"
    assert evaluate("../../guest[position() = position(current()/..) - 1]/age", "guest[2]/age") == "30"
    assert evaluate("count(preceding-sibling::guest)", "guest[3]") == "2"
    assert evaluate("following-sibling::guest/age", "guest[1]") == "4"
    assert evaluate(". > 3", "guest[2]/age") == "true"
    assert evaluate("name(ancestor::data)", "guest[2]/age") == "data"


def test_days_are_whole_where_clocks_change() -> None:
    """ODK's own engine gives 9000.0417 here: it subtracts instants."""
    warsaw = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Warsaw"))
    assert evaluate("date('2026-07-01') - date('2001-11-08')", now=warsaw) == "9001"
    assert evaluate("today() - date('2026-03-28')", now=warsaw) == "95"
    assert evaluate("date('2026-06-30T23:30:00.000+00:00')", now=warsaw) == "2026-07-01T01:30:00.000+02:00"


def test_shuffles_as_odk_does() -> None:
    """The order that JavaRosa gives for this seed (getodk/web-forms, packages/xpath/test/xforms/randomize.test.ts)."""
    ground = Ground()
    run = Evaluator(ground, FUNCTIONS)
    rows = ground.fruit.kids[0]
    for letter in "ABCDEF":
        rows.add("node", letter)
    tree = parse("randomize(instance('fruit')/root/node, 42)")
    assert "".join(node.text() for node in run.nodes(tree, ground.data)) == "AFCBDE"
    assert len(run.nodes(parse("randomize(instance('fruit')/root/item)"), ground.data)) == 3


def test_names_what_it_uses() -> None:
    tree = parse("selected(${0}, 'x') and instance('l')/root/item[name = current()/../b]/n".replace("${0}", "/data/a"))
    assert paths_used(tree, "/data/g/here") == ("/data/a", "/data/g/b")
    assert functions_used(tree) == (("selected", 2), ("instance", 1), ("current", 0))
    assert wrong_calls(parse("pulldata('x') + int(1, 2) + today()")) == (
        "unknown function pulldata()",
        "int() with 2 arguments",
    )


@pytest.mark.parametrize(
    "source",
    [
        "",
        " ",
        "(",
        "1 +",
        "f(1,)",
        "a b",
        "x[",
        "$x",
        "'abc",
        "1 + + 2",
        "/data/",
        "a::b",
        "namespace::x",
        "]",
        "1e3",
        "=",
        "${a}",
    ],
)
def test_refuses(source: str) -> None:
    with pytest.raises(ParseError):
        parse(source)


def test_bounds() -> None:
    fits = "(" * (MAX_NESTING - 1) + "1" + ")" * (MAX_NESTING - 1)
    assert evaluate(fits) == "1"
    with pytest.raises(ParseError, match="levels of brackets"):
        parse("(" * 5_000 + "1" + ")" * 5_000)
    with pytest.raises(ParseError, match="levels of brackets"):
        parse("a[" * 200 + "1" + "]" * 200)
    with pytest.raises(ParseError, match="longer than"):
        parse("1" * (MAX_LENGTH + 1))
    assert evaluate("+".join(["1"] * 5_000)) == "5000"
    assert evaluate("-" * 9_999 + "1") == "-1"
    with pytest.raises(EvaluationError, match="unknown function"):
        evaluate("nonsense()")


PIECES = st.sampled_from(
    [
        "(",
        ")",
        "[",
        "]",
        ".",
        "..",
        "/",
        "//",
        "@",
        ",",
        "|",
        "+",
        "-",
        "*",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "and",
        "or",
        "div",
        "mod",
        "1",
        ".5",
        "'x'",
        '"y"',
        "a",
        "data",
        "::",
        "child::",
        "ancestor::",
        "not(",
        "selected(",
        "today()",
        "position(",
        "instance('f')",
        "current()",
        "$",
        "#",
        "${a}",
        "\\",
        "é",
        "中",
        "node()",
        "text()",
        "jr:itext(",
        "\n",
    ]
)


@given(st.lists(PIECES, max_size=40).map(" ".join) | st.text(max_size=200))
def test_any_text_is_a_tree_or_a_parse_error(source: str) -> None:
    try:
        tree = parse(source)
    except ParseError:
        return
    paths_used(tree, "/data/x")
    wrong = wrong_calls(tree)
    try:
        evaluate(source)
    except EvaluationError:
        assert wrong
    except (IndexError, ValueError):
        assert wrong  # a function without its arguments: check refuses it


@given(st.floats())
def test_numbers_read_back(number: float) -> None:
    text = number_text(number)
    assert (text == "") == math.isnan(number)
    if text:
        assert float(text.replace("Infinity", "inf")) == number
