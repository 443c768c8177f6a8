"""Evaluates expressions over a tree of answers.

One rule: what the answers do not say comes through the World: no clock, no chance and no pattern matching of its own.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeAlias

from bot.core.form.values import Node, Stamp, Value, as_bool, as_number, as_text
from bot.core.form.xpath import Call, Chain, Expr, Literal, Negate, Number, Path, Step

Matcher: TypeAlias = Callable[
    [str, str], bool
]  # (pattern, text): found anywhere? Patterns come from form authors: bound it


MAX_LOOKED: Final = (
    500_000  # nodes tried by the conditions of one expression: half a second. 2,000 choices, each beside 250
)


class EvaluationError(Exception):
    """An expression that cannot be evaluated: a check let pass what it must refuse."""


class World(Protocol):
    """What an expression can ask for besides its nodes."""

    @property
    def now(self) -> datetime:
        """An aware instant, in the zone in which today begins."""
        ...

    @property
    def match(self) -> Matcher: ...
    @property
    def root(self) -> Node:
        """The document: its only child is the form's own element."""
        ...

    def instance(self, name: str) -> Node | None:
        """The list of choices of that name, as the element whose child is `root`."""
        ...

    def itext(self, key: str) -> str: ...
    def choice_name(self, value: str, path: str, node: Node) -> str: ...
    def chance(self, node: Node, use: str) -> int:
        """64 bits that are the same for the same node and use in every run of one conversation."""
        ...

    def kept(self, node: Node) -> str:
        """The value that the node itself has in store, calculated or not: what `once` looks at."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """Where an expression is evaluated: XPath's context node, position and size, and the node of current()."""

    node: Node
    position: int
    size: int
    current: Node


class Evaluator:
    """Evaluates parsed expressions in one World."""

    __slots__ = ("_functions", "_looked", "world")

    def __init__(self, world: World, functions: "Mapping[str, Function]") -> None:
        self.world = world
        self._functions = functions
        self._looked = 0

    def value(self, tree: Expr, node: Node) -> Value:
        """What the expression gives at `node`. Raises EvaluationError for what `check` refuses, and for one that looks
        through a list within a list without end."""
        self._looked = 0
        return self.give(tree, Context(node, 1, 1, node))

    def text(self, tree: Expr, node: Node) -> str:
        """As `value`, as a text."""
        return as_text(self.value(tree, node))

    def true(self, tree: Expr, node: Node) -> bool:
        """As `value`, as a truth."""
        return as_bool(self.value(tree, node))

    def number(self, tree: Expr, node: Node) -> float:
        """As `value`, as a number; NaN for none."""
        return as_number(self.value(tree, node))

    def nodes(self, tree: Expr, node: Node) -> list[Node]:
        """As `value`, as nodes; none for anything else."""
        return nodes_of(self.value(tree, node))

    def give(self, tree: Expr, at: Context) -> Value:
        """For functions: what an argument gives where the call stands."""
        match tree:
            case Path():
                return self._path(tree, at)
            case Call(name=name, args=args):
                function = self._functions.get(name)
                if function is None:
                    raise EvaluationError(f"unknown function {name}()")
                return function.call(self, at, args)
            case Literal(value=value):
                return value
            case Number(value=number):
                return number
            case Chain(first=first, rest=rest):
                return self._chain(first, rest, at)
            case Negate(operand=operand):
                return -as_number(self.give(operand, at))

    def _chain(self, first: Expr, rest: tuple[tuple[str, Expr], ...], at: Context) -> Value:
        left = self.give(first, at)
        for operator, operand in rest:
            match operator:
                case "and":
                    left = self.give(operand, at) if as_bool(left) else left
                case "or":
                    left = left if as_bool(left) else self.give(operand, at)
                case "|":
                    left = _in_order([*nodes_of(left), *nodes_of(self.give(operand, at))])
                case "+" | "-" | "*" | "div" | "mod":
                    left = _calculate(operator, as_number(left), as_number(self.give(operand, at)))
                case _:
                    left = _compare(operator, left, self.give(operand, at))
        return left

    def _path(self, path: Path, at: Context) -> list[Node]:
        if path.absolute:
            found: list[Node] = [self.world.root]
        elif path.start is not None:
            found = nodes_of(self.give(path.start, at))
            for predicate in path.predicates:
                found = self._where(found, predicate, at)
        else:
            found = [at.node]
        for step in path.steps:
            if len(found) == 1 and step.axis == "child" and not step.predicates and step.test not in _ANY:
                found = [*found[0].child(step.test)]  # nearly every step of a form
            else:
                found = self._step(found, step, at)
            self._look(len(found))
        return found

    def _look(self, at: int) -> None:
        self._looked += at
        if self._looked > MAX_LOOKED:
            raise EvaluationError(f"an expression that looks at more than {MAX_LOOKED} values")

    def _step(self, nodes: list[Node], step: Step, at: Context) -> list[Node]:
        if len(nodes) == 1:
            found = _along(nodes[0], step)
            for predicate in step.predicates:
                found = self._where(found, predicate, at)
            return found
        gathered: dict[Node, None] = {}
        for node in nodes:
            part = _along(node, step)
            for predicate in step.predicates:
                part = self._where(part, predicate, at)
            gathered.update(dict.fromkeys(part))
        return list(gathered)

    def _where(self, nodes: list[Node], predicate: Expr, at: Context) -> list[Node]:
        kept: list[Node] = []
        size = len(nodes)
        self._look(size)
        for place, node in enumerate(nodes, 1):
            verdict = self.give(predicate, Context(node, place, size, at.current))
            plain_number = isinstance(verdict, float) and not isinstance(verdict, Stamp)
            if (verdict == place) if plain_number else as_bool(verdict):
                kept.append(node)
        return kept


_ANY = frozenset({"*", "node()"})


def nodes_of(value: Value) -> list[Node]:
    """The nodes, where the value is some."""
    return value if isinstance(value, list) else []


def _along(node: Node, step: Step) -> list[Node]:
    """The nodes of one step, nearest first on the backward axes, as their positions count."""
    test = step.test
    match step.axis:
        case "child":
            return [*(node.children() if test in ("*", "node()") else node.child(test))]
        case "self":
            found: Iterable[Node] = (node,)
        case "parent":
            found = () if node.parent is None else (node.parent,)
        case "descendant":
            found = (inner for kid in node.children() for inner in _below(kid))
        case "descendant-or-self":
            found = _below(node)
        case "ancestor":
            found = above(node.parent)
        case "ancestor-or-self":
            found = above(node)
        case "preceding-sibling" | "following-sibling":
            siblings = [] if node.parent is None else [*node.parent.children()]
            place = siblings.index(node) if node in siblings else 0
            found = siblings[place - 1 :: -1] if step.axis[0] == "p" and place else siblings[place + 1 :]
            if step.axis[0] == "p" and not place:
                found = ()
        case _:
            found = ()
    return [it for it in found if test in ("*", "node()") or it.name == test]


def _below(node: Node) -> Iterator[Node]:
    yield node
    for kid in node.children():
        yield from _below(kid)


def above(node: Node | None) -> Iterator[Node]:
    """The node and its ancestors, from the inside out."""
    while node is not None:
        yield node
        node = node.parent


def _in_order(nodes: list[Node]) -> list[Node]:
    """Without doubles. A union of a form's own nodes is only counted or joined: order of writing serves."""
    return list(dict.fromkeys(nodes))


def _calculate(operator: str, left: float, right: float) -> float:
    if math.isnan(left) or math.isnan(right):
        return math.nan
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "div":
            return _divide(left, right)
        case _:
            return math.fmod(left, right) if right and not math.isinf(left) else math.nan


def _divide(left: float, right: float) -> float:
    if right:
        return left / right
    return math.nan if left == 0 else math.copysign(math.inf, left)


def _compare(operator: str, left: Value, right: Value) -> bool:
    """XPath's comparisons: with a node-set, whether any node of it compares so."""
    if isinstance(left, list):
        if isinstance(right, bool) and operator in ("=", "!="):
            return _atoms(operator, bool(left), right)
        return any(_compare(operator, node.text(), right) for node in left)
    if isinstance(right, list):
        if isinstance(left, bool) and operator in ("=", "!="):
            return _atoms(operator, left, bool(right))
        return any(_compare(operator, left, node.text()) for node in right)
    return _atoms(operator, left, right)


def _atoms(operator: str, left: Value, right: Value) -> bool:
    match operator:
        case "=":
            return _equal(left, right)
        case "!=":
            return not _equal(left, right)
        case "<":
            return as_number(left) < as_number(right)
        case "<=":
            return as_number(left) <= as_number(right)
        case ">":
            return as_number(left) > as_number(right)
        case _:
            return as_number(left) >= as_number(right)


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return as_bool(left) == as_bool(right)
    if isinstance(left, float) or isinstance(right, float):
        return as_number(left) == as_number(right)
    return left == right


Body: TypeAlias = Callable[[Evaluator, Context, tuple[Expr, ...]], Value]


@dataclass(frozen=True, slots=True)
class Function:
    """A function that expressions may call, with `low` to `high` arguments (None: any number)."""

    call: Body
    low: int
    high: int | None
