"""Expressions of forms: text -> tree. XPath 1.0, as far as forms use it.

One rule: whatever the text, the answer is a tree or a ParseError, in time that grows with its length alone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

MAX_LENGTH: Final = (
    20_000  # of one expression after ${} became paths; authors may write 500 characters (bot.forms checks)
)
MAX_NESTING: Final = 60  # parentheses, predicates and arguments; far above the 12 met in public forms


class ParseError(ValueError):
    """The text is no expression. The message says what was wrong and at which character, counted from 1."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in quotation marks, without them."""

    value: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    args: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Negate:
    """A minus before a value."""

    operand: "Expr"


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one precedence, from left to right. Flat, so that a long sum is not a deep tree."""

    first: "Expr"
    rest: tuple[tuple[str, "Expr"], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: where to look, for what, and which of those."""

    axis: str
    test: str  # a name, "*" or "node()"
    predicates: tuple["Expr", ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the root (`absolute`), from what `start` gives, or from the context node."""

    steps: tuple[Step, ...]
    absolute: bool = False
    start: "Expr | None" = None
    predicates: tuple["Expr", ...] = ()  # of `start`


Expr: TypeAlias = Number | Literal | Call | Negate | Chain | Path


_NAME = r"[^\W\d][\w.·-]*"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<literal>"[^"]*"|'[^']*')
    |(?P<axis>[a-z-]+(?=\s*::))
    |(?P<name>{_NAME}(?::(?:{_NAME}|\*))?)
    |(?P<mark>::|//|\.\.|!=|<=|>=|[()\[\].@,/|+\-=<>*])""",
    re.VERBOSE,
)
_AXES: Final = frozenset({
    "child", "parent", "self", "descendant", "descendant-or-self", "ancestor", "ancestor-or-self",
    "preceding-sibling", "following-sibling", "attribute",
})  # fmt: skip
_LEVELS: Final = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
_WORDS: Final = frozenset({"or", "and", "div", "mod"})
_OPEN: Final = frozenset({"", "@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(source: str) -> list[_Token]:
    """The tokens; "operator" is the kind of and, or, div, mod and * where the specification's rule says so (3.7)."""
    found: list[_Token] = []
    at, before, operand = 0, "", False
    while at < len(source):
        hit = _TOKEN.match(source, at)
        if hit is None:
            raise ParseError(f"unexpected {source[at]!r} at character {at + 1}")
        kind, text = str(hit.lastgroup), hit.group()
        if kind != "space":
            operand = bool(found) and found[-1].kind != "operator" and before not in _OPEN
            if operand and (text in _WORDS or text == "*"):
                kind = "operator"
            found.append(_Token(kind, text, at + 1))
            before = text if kind == "mark" else "operand"
        at = hit.end()
    return found


class _Parser:
    """A parser by recursive descent, with one method for each rule of the grammar that is not an operator."""

    __slots__ = ("_depth", "_next", "_tokens")

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = [*tokens, _Token("end", "", (tokens[-1].at + len(tokens[-1].text)) if tokens else 1)]
        self._next = 0
        self._depth = 0

    def whole(self) -> Expr:
        tree = self._level(0)
        if self._here.kind != "end":
            raise self._wrong("the end")
        return tree

    @property
    def _here(self) -> _Token:
        return self._tokens[self._next]

    def _wrong(self, wanted: str) -> ParseError:
        got = repr(self._here.text) if self._here.text else "the end"
        return ParseError(f"expected {wanted}, found {got} at character {self._here.at}")

    def _take(self) -> _Token:
        token = self._here
        self._next += 1
        return token

    def _is(self, *texts: str) -> bool:
        return self._here.kind in ("mark", "operator") and self._here.text in texts

    def _skip(self, text: str) -> bool:
        if self._is(text):
            self._next += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._skip(text):
            raise self._wrong(repr(text))

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise ParseError(f"more than {MAX_NESTING} levels of brackets at character {self._here.at}")

    def _level(self, level: int) -> Expr:
        if level == len(_LEVELS):
            return self._unary()
        first = self._level(level + 1)
        rest: list[tuple[str, Expr]] = []
        while self._is(*_LEVELS[level]):
            operator = self._take().text
            rest.append((operator, self._level(level + 1)))
        return Chain(first, tuple(rest)) if rest else first

    def _unary(self) -> Expr:
        minus = 0
        while self._skip("-"):
            minus += 1
        operand = self._union()
        if minus == 0:
            return operand
        return Negate(operand) if minus % 2 else Negate(Negate(operand))

    def _union(self) -> Expr:
        first = self._path()
        rest: list[tuple[str, Expr]] = []
        while self._skip("|"):
            rest.append(("|", self._path()))
        return Chain(first, tuple(rest)) if rest else first

    def _path(self) -> Expr:
        token = self._here
        if self._is("/"):
            self._take()
            return Path(self._steps(), absolute=True) if self._begins_step() else Path((), absolute=True)
        if self._is("//"):
            self._take()
            return Path((Step("descendant-or-self", "node()"), *self._steps()), absolute=True)
        if token.kind in ("number", "literal") or self._is("(") or self._is_call():
            return self._filter()
        if self._begins_step():
            return Path(self._steps())
        raise self._wrong("a value")

    def _is_call(self) -> bool:
        after = self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        return self._here.kind == "name" and after.text == "(" and self._here.text not in ("node", "text")

    def _begins_step(self) -> bool:
        return self._here.kind in ("name", "axis") or self._is(".", "..", "@", "*")

    def _filter(self) -> Expr:
        start = self._primary()
        predicates = self._predicates()
        if self._is("/", "//"):
            lead = (Step("descendant-or-self", "node()"),) if self._take().text == "//" else ()
            return Path((*lead, *self._steps()), start=start, predicates=predicates)
        return Path((), start=start, predicates=predicates) if predicates else start

    def _primary(self) -> Expr:
        token = self._take()
        match token.kind:
            case "number":
                return Number(float(token.text))
            case "literal":
                return Literal(token.text[1:-1])
            case "name":
                return Call(token.text, self._arguments())
            case _:
                self._deeper()
                inner = self._level(0)
                self._depth -= 1
                self._expect(")")
                return inner

    def _arguments(self) -> tuple[Expr, ...]:
        self._expect("(")
        self._deeper()
        args: list[Expr] = []
        if not self._is(")"):
            args.append(self._level(0))
            while self._skip(","):
                args.append(self._level(0))
        self._depth -= 1
        self._expect(")")
        return tuple(args)

    def _predicates(self) -> tuple[Expr, ...]:
        found: list[Expr] = []
        while self._skip("["):
            self._deeper()
            found.append(self._level(0))
            self._depth -= 1
            self._expect("]")
        return tuple(found)

    def _steps(self) -> tuple[Step, ...]:
        steps = [self._step()]
        while self._is("/", "//"):
            if self._take().text == "//":
                steps.append(Step("descendant-or-self", "node()"))
            steps.append(self._step())
        return tuple(steps)

    def _step(self) -> Step:
        if self._skip("."):
            return Step("self", "node()", self._predicates())
        if self._skip(".."):
            return Step("parent", "node()", self._predicates())
        axis = "child"
        if self._skip("@"):
            axis = "attribute"
        elif self._here.kind == "axis":
            axis = self._take().text
            self._expect("::")
            if axis not in _AXES:
                raise ParseError(f"the axis {axis} is not supported")
        return Step(axis, self._test(), self._predicates())

    def _test(self) -> str:
        if self._skip("*"):
            return "*"
        if self._here.kind != "name":
            raise self._wrong("a name")
        name = self._take().text
        if name in ("node", "text") and self._skip("("):
            self._expect(")")
            return "node()"
        return "*" if name.endswith(":*") else name.rpartition(":")[2]


@lru_cache(maxsize=8_192)  # forms say the same thing often; a tree does not change
def parse(source: str) -> Expr:
    """The tree of an expression. Raises ParseError for whatever is none, and nothing else."""
    if len(source) > MAX_LENGTH:
        raise ParseError(f"longer than {MAX_LENGTH} characters")
    return _Parser(_tokens(source)).whole()


def walk(tree: Expr) -> Iterator[Expr]:
    """The expression and every one inside it, outermost first."""
    yield tree
    for part in _parts(tree):
        yield from walk(part)


def _parts(tree: Expr) -> Iterable[Expr]:
    match tree:
        case Call(args=args):
            return args
        case Negate(operand=operand):
            return (operand,)
        case Chain(first=first, rest=rest):
            return (first, *(operand for _, operand in rest))
        case Path(steps=steps, start=start, predicates=predicates):
            inside = (predicate for step in steps for predicate in step.predicates)
            return (*((start,) if start is not None else ()), *predicates, *inside)
        case _:
            return ()


def functions_used(tree: Expr) -> tuple[tuple[str, int], ...]:
    """The name and number of arguments of each call."""
    return tuple((part.name, len(part.args)) for part in walk(tree) if isinstance(part, Call))


def paths_used(tree: Expr, here: str) -> tuple[str, ...]:
    """The absolute paths that an expression at `here` reads, without predicates; "/data/*" and "/data//" stay as they are.

    Paths into lists of choices (instance(...)) are left out; those inside their predicates count.
    """
    found: dict[str, None] = {}
    _collect(tree, here, here, found)
    return tuple(found)


def _collect(tree: Expr, base: str | None, current: str, found: dict[str, None]) -> None:
    """`base` is the path of the context node; None inside a list of choices."""
    if not isinstance(tree, Path):
        for part in _parts(tree):
            _collect(part, base, current, found)
        return
    at = "" if tree.absolute else base
    if tree.start is not None:
        _collect(tree.start, base, current, found)
        at = current if tree.start == Call("current", ()) else _start_path(tree.start, base)
        for predicate in tree.predicates:
            _collect(predicate, at, current, found)
    for step in tree.steps:
        at = None if at is None else _walked(at, step)
        for predicate in step.predicates:
            _collect(predicate, at, current, found)
    if at:
        found[at] = None


def _start_path(start: Expr, base: str | None) -> str | None:
    """Where a path that begins with an expression begins: known where that is itself a path."""
    if isinstance(start, Path) and start.start is None:
        at = "" if start.absolute else base
        for step in start.steps:
            at = None if at is None else _walked(at, step)
        return at
    return None


def _walked(at: str, step: Step) -> str:
    match step:
        case Step(axis="self"):
            return at
        case Step(axis="parent"):
            return at.rpartition("/")[0]
        case Step(axis="child", test=test):
            return f"{at}/{test}"
        case Step(axis="preceding-sibling" | "following-sibling", test=test):
            return f"{at.rpartition('/')[0]}/{test}"
        case Step(axis="attribute"):
            return at
        case _:
            return f"{at}//"
