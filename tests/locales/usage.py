"""Which lines the code uses, which of them are words of a button, and what is put into each: read from the source.

The conventions that this relies on:
- An id is a literal, Line("core.yes"), or a choice between literals. One that is computed, Line(f"topic.{name}"), has its
  values in the LINES of that module, or of another, which are read as they are at run time. Names of languages
  (language.<code>) need no list. A literal and the more exact of two computed ids go before: mydata.{kind} does not mean
  mydata.consent-news where the same module has mydata.consent-{purpose}. Line(self.x) says an id that was handed in: it
  stands as a literal wherever that was.
- Words of a button come to Button, to Choice or to a parameter called yes, no, skip or label, as themselves, by a local
  name, or through a parameter of a function of ours.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("bot", "flows", "storage")
LABELS = ("yes", "no", "skip", "label")


@dataclass(frozen=True)
class Use:
    """One Line(...) in the source: `ids` that it may be, None where they are computed and listed nowhere."""

    where: str
    ids: tuple[str, ...] | None
    params: frozenset[str]
    open: bool  # more parameters come by **


@dataclass
class Usage:
    """Everything that was found."""

    uses: list[Use] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    literals: set[str] = field(default_factory=set)  # every short text of the code, wherever it stands

    @property
    def ids(self) -> set[str]:
        return self.listed | {id for use in self.uses for id in use.ids or ()}


def read() -> Usage:
    """All lines of bot/ and flows/."""
    usage = Usage()
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    modules = [_Module(path) for path in paths if "bot.core.message import" in path.read_text(encoding="utf-8")]
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        usage.literals |= {
            it.value for it in ast.walk(tree) if isinstance(it, ast.Constant) and isinstance(it.value, str)
        }
    for module in modules:
        usage.listed |= {*module.listed}
    for module in modules:
        module.elsewhere = tuple(sorted(usage.listed))
        usage.uses += module.lines()
    wanted: set[tuple[str, int, str]] = set()  # function, place and name of a parameter that becomes words of a button
    while True:
        before = len(wanted)
        for module in modules:
            for node in module.labels(wanted):
                usage.labels |= module.resolved(node, wanted)
        if len(wanted) == before:
            return usage


class _Module:
    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(ROOT).as_posix()
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self.elsewhere: tuple[str, ...] = ()
        firsts = [
            node.args[0]
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call) and _called(node) == "Line" and node.args
        ]
        self.literals = {it.value for first in firsts for it in ast.walk(first) if isinstance(it, ast.Constant)}
        self.shapes = {_shape(first) for first in firsts if isinstance(first, ast.JoinedStr)}
        self.listed: tuple[str, ...] = ()
        if any(isinstance(node, ast.Name) and node.id == "LINES" for node in ast.walk(self.tree)):
            dotted = self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            self.listed = tuple(getattr(importlib.import_module(dotted), "LINES", ()))

    def lines(self) -> Iterator[Use]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and _called(node) == "Line" and node.args:
                params = frozenset(it.arg for it in node.keywords if it.arg)
                more = any(it.arg is None for it in node.keywords)
                yield Use(f"{self.name}:{node.lineno}", self._ids(node.args[0]), params, more)

    def _ids(self, node: ast.expr) -> tuple[str, ...] | None:
        match node:
            case ast.Constant(value=str(id)):
                return (id,)
            case ast.IfExp(body=left, orelse=right):
                first, second = self._ids(left), self._ids(right)
                return None if first is None or second is None else (*first, *second)
            case ast.JoinedStr(values=[ast.Constant(value="language."), *_]):
                return ()
            case ast.Attribute(value=ast.Name(id="self")):
                return ()
            case ast.BinOp(left=ast.Name(id="_LANGUAGE")):
                return ()
            case ast.JoinedStr():
                return self._computed(_shape(node), self.listed) or self._computed(_shape(node), self.elsewhere) or None
            case _:
                return self.listed or None

    def _computed(self, shape: str, listed: tuple[str, ...]) -> tuple[str, ...]:
        closer = [it for it in self.shapes if len(it) > len(shape)]
        return tuple(
            id
            for id in listed
            if re.fullmatch(shape, id) and id not in self.literals and not any(re.fullmatch(it, id) for it in closer)
        )

    def labels(self, wanted: set[tuple[str, int, str]]) -> Iterator[ast.expr]:
        """Every expression that becomes the words of a button."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Call():
                    name = _called(node)
                    places = {"Button": [0], "Choice": [1]}.get(name, [])
                    places += [place for function, place, _ in wanted if function == name]
                    yield from (node.args[place] for place in places if place < len(node.args))
                    names = {*LABELS, *(arg for function, _, arg in wanted if function == name)}
                    yield from (it.value for it in node.keywords if it.arg in names)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name in LABELS:
                    yield value

    def resolved(self, node: ast.expr, wanted: set[tuple[str, int, str]]) -> set[str]:
        """The ids that an expression may be."""
        match node:
            case ast.Call() if _called(node) == "Line" and node.args:
                return {*(self._ids(node.args[0]) or ())}
            case ast.Call():
                return self._returned(_called(node), wanted)
            case ast.IfExp(body=left, orelse=right):
                return self.resolved(left, wanted) | self.resolved(right, wanted)
            case ast.Name(id=name):
                return self._named(node, name, wanted)
            case _:
                return set()

    def _named(self, node: ast.expr, name: str, wanted: set[tuple[str, int, str]]) -> set[str]:
        function = self._function(node)
        if function is None:
            return set()
        args = [it.arg for it in function.args.args]
        if name in args:
            wanted.add((function.name, args.index(name), name))
            return set()
        found: set[str] = set()
        for part in ast.walk(function):
            if isinstance(part, ast.Assign) and any(isinstance(it, ast.Name) and it.id == name for it in part.targets):
                found |= self.resolved(part.value, wanted)
        return found

    def _returned(self, name: str, wanted: set[tuple[str, int, str]]) -> set[str]:
        """What a function of this module returns, where it returns lines."""
        return {
            id
            for function in ast.walk(self.tree)
            if isinstance(function, ast.FunctionDef) and function.name == name
            for part in ast.walk(function)
            if isinstance(part, ast.Return) and isinstance(part.value, ast.Call) and _called(part.value) == "Line"
            for id in self.resolved(part.value, wanted)
        }

    def _function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                return node
        return None


def _shape(node: ast.JoinedStr) -> str:
    """A computed id as a pattern."""
    return "".join(re.escape(str(it.value)) if isinstance(it, ast.Constant) else ".+" for it in node.values)


def _called(node: ast.Call) -> str:
    """The name of what is called: Line, Choice, also as Choice[str] or message.Line."""
    function = node.func.value if isinstance(node.func, ast.Subscript) else node.func
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
