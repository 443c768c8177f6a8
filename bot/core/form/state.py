"""What follows from the answers to a form so far: what to ask next, in which words, with which choices, and what is wrong.

One rule: a State is a function of the form, the answers, the clock and the seed it was given. It works out lazily, keeps
what it worked out, and after an answer forgets only what may depend on it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Final

from bot.core.form.evaluate import Evaluator, Matcher
from bot.core.form.functions import FUNCTIONS
from bot.core.form.model import (
    CHOOSING,
    Choices,
    Expression,
    Field,
    Form,
    Group,
    Item,
    Kind,
    Part,
    Words,
    pick,
)
from bot.core.form.values import Node, as_text, moment_text, number_text, read_number
from bot.core.form.xpath import Call, Literal, Path, parse, paths_used, walk

MAX_REPEATS: Final = 50  # instances of one repeat: nobody answers the same questions more often in a chat
MAX_ACTIONS: Final = 1_000  # one value sets another; a chain longer than this is a circle


class Why(StrEnum):
    """Why a value is refused."""

    TYPE = "type"
    REQUIRED = "required"
    CONSTRAINT = "constraint"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice that is offered: the name that is stored, and the node that has its label."""

    name: str
    node: Node


# --- what depends on what --------------------------------------------------------------------------------------------


class Plan:
    """A form made ready: its parts by path, and for each of them what must be worked out again when it changes.

    It costs as much as some turns, and is the same for everybody who answers: make it once for a published form.
    `fixed` is for whoever asks the questions: what of them depends on no answer, by path, once it was worked out.
    """

    __slots__ = (
        "_direct",
        "_later",
        "_repeats",
        "fixed",
        "form",
        "lists",
        "loads",
        "parts",
        "plain",
        "preloads",
        "questions",
        "sticky",
        "still",
        "stops",
        "translated",
        "triggers",
    )

    def __init__(self, form: Form) -> None:
        self.form = form
        self.fixed: dict[tuple[str, str], Any] = {}
        self.parts: dict[str, Part] = {part.path: part for part in form.parts()}
        self.lists: dict[str, _Row] = {name: _list_tree(items) for name, items in form.lists}
        self._direct = _readers(self.parts)
        self._later: dict[str, tuple[str, ...]] = {}
        self._repeats: dict[str, tuple[str, ...]] = {}
        self.questions = frozenset(it.path for it in form.questions)
        self.triggers: dict[str, list[int]] = {}
        for place, action in enumerate(form.actions):
            if action.source:
                self.triggers.setdefault(action.source, []).append(place)
        self.stops = tuple(it.path for it in form.fields if it.kind is Kind.NOTE and it.required is not None)
        self.preloads = tuple((it.path, it.preload) for it in form.fields if it.preload)
        self.loads = tuple(action for action in form.actions if not action.source)
        calls = {path: _calls(part) for path, part in self.parts.items()}
        self.sticky = tuple(path for path, names in calls.items() if "once" in names)
        self.plain = not (self.sticky or form.actions)
        lists = dict(form.lists)
        self.still = frozenset(it.path for it in form.questions if it.choices and _still(it.choices, lists))
        self.translated = any({"jr:choice-name", "jr:itext"} & names for names in calls.values())

    def affected(self, path: str) -> tuple[str, ...]:
        """The paths whose relevance, value or number may change when the value at `path` does, near and far."""
        found = self._later.get(path)
        if found is None:
            seen: dict[str, None] = {}
            todo = [*self._direct.get(path, ())]
            while todo:
                reader = todo.pop()
                if reader not in seen:
                    seen[reader] = None
                    todo += self._direct.get(reader, ())
            found = self._later[path] = tuple(seen)
        return found

    def repeats_among(self, path: str) -> tuple[str, ...]:
        """The repeats whose number may change with the value at `path`; a repeat itself among them."""
        found = self._repeats.get(path)
        if found is None:
            parts = ((it, self.parts.get(it)) for it in (path, *self.affected(path)))
            found = tuple(it for it, part in parts if isinstance(part, Group) and part.repeats)
            self._repeats[path] = found
        return found


def _still(choices: Choices, lists: Mapping[str, tuple[Item, ...]]) -> bool:
    """Whether a list is offered to everybody as it stands: whole, and in words without gaps."""
    match choices.nodes.tree:
        case Path(start=Call(name="instance", args=(Literal(value=name),)), steps=steps, predicates=()):
            words = [it.label for it in lists.get(name, ())]
            whole = not any(step.predicates for step in steps)
            return whole and all(it and all(text.plain is not None for _, text in it) for it in words)
        case _:
            return False


def rules(part: Part) -> tuple[tuple[str, Expression], ...]:
    """The expressions that decide a part's relevance, value or number, by the name of their column."""
    named = (
        (("relevant", part.relevant), ("repeat_count", part.count))
        if isinstance(part, Group)
        else (("relevant", part.relevant), ("calculation", part.calculate))
    )
    return tuple((name, rule) for name, rule in named if rule is not None)


def _calls(part: Part) -> frozenset[str]:
    return frozenset(it.name for _, rule in rules(part) for it in walk(rule.tree) if isinstance(it, Call))


def reads(rule: Expression, here: str, parts: Mapping[str, Part]) -> tuple[str, ...]:
    """The paths of the form that an expression at `here` reads, wildcards resolved. Unknown paths are left out."""
    found: dict[str, None] = {}
    for path in paths_used(rule.tree, here):
        if path in parts:
            found[path] = None
        elif "//" in path or "*" in path:
            under, last = path.partition("//")[0].partition("/*")[0], path.rpartition("/")[2]
            named = f"/{last}" if last not in ("", "*", "node()") else ""
            found.update(dict.fromkeys(it for it in parts if it.startswith(under) and it.endswith(named)))
    return tuple(found)


def _readers(parts: Mapping[str, Part]) -> dict[str, tuple[str, ...]]:
    """For each path the paths that read it. What lies inside a group reads the group: it is relevant with it."""
    found: dict[str, dict[str, None]] = {}
    for path, part in parts.items():
        more = part.readonly if isinstance(part, Field) else None
        for rule in (*(rule for _, rule in rules(part)), *((more,) if more is not None else ())):
            for read in reads(rule, path, parts):
                found.setdefault(read, {})[path] = None
        parent = path.rpartition("/")[0]
        if parent in parts:
            found.setdefault(parent, {})[path] = None
    return {path: tuple(readers) for path, readers in found.items()}


def circles(form: Form) -> tuple[tuple[str, ...], ...]:
    """The circles in which values, relevance and repeat counts wait for each other; each as its paths, in order.

    Looking at another instance of the same repeat (a running total) is no circle: the instances end.
    """
    parts = {part.path: part for part in form.parts()}
    needs: dict[str, tuple[str, ...]] = {}
    for path, part in parts.items():
        wanted = [
            read for _, rule in rules(part) for read in reads(rule, path, parts) if not _other(rule, path, read, parts)
        ]
        parent = path.rpartition("/")[0]
        needs[path] = tuple(dict.fromkeys([*wanted, *([parent] if parent in parts else [])]))
    return _loops(needs)


def _other(rule: Expression, here: str, read: str, parts: Mapping[str, Part]) -> bool:
    """Whether the rule picks instances of a repeat in which both places lie."""
    picks = any(
        (isinstance(it, Call) and it.name == "indexed-repeat")
        or (isinstance(it, Path) and any(step.predicates for step in it.steps))
        for it in walk(rule.tree)
    )
    return picks and any(
        isinstance(part, Group) and part.repeats and here.startswith(path + "/") and read.startswith(path + "/")
        for path, part in parts.items()
    )


def _loops(needs: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Circles of a graph, by a walk in depth without recursion; at least one of each knot of them."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in needs:
        trail: dict[str, Iterator[str]] = {}
        if start not in done:
            trail[start] = iter(needs[start])
        while trail:
            here = next(reversed(trail))
            following = next(trail[here], None)
            if following is None:
                done.add(here)
                del trail[here]
            elif following in trail:
                order = [*trail]
                found.append(tuple(order[order.index(following) :]))
            elif following not in done:
                trail[following] = iter(needs[following])
    return tuple(found)


# --- lists of choices as nodes ---------------------------------------------------------------------------------------


class _Row:
    """A node of a list of choices: instance('x') / root / item / column."""

    __slots__ = ("_kids", "_text", "index", "item", "name", "parent")

    def __init__(self, name: str, parent: "_Row | None", index: int, text: str = "", item: Item | None = None) -> None:
        self.name, self.parent, self.index, self._text, self.item = name, parent, index, text, item
        self._kids: list[_Row] = []

    def child(self, name: str) -> list["_Row"]:
        return [kid for kid in self._kids if kid.name == name]

    def children(self) -> list["_Row"]:
        return self._kids

    def text(self) -> str:
        return self._text

    def add(self, kid: "_Row") -> "_Row":
        self._kids.append(kid)
        return kid


def _list_tree(items: Iterable[Item]) -> _Row:
    top = _Row("instance", None, 1)
    root = top.add(_Row("root", top, 1))
    for place, item in enumerate(items, 1):
        row = root.add(_Row("item", root, place, item=item))
        for name, text in item.columns:
            row.add(_Row(name, row, 1, text))
    return top


# --- the answers as nodes --------------------------------------------------------------------------------------------


class Cell:
    """One group, repeat instance or leaf of the answers. `path` carries the index of every repeat instance."""

    __slots__ = ("_ranges", "_relevant", "_state", "_value", "index", "kids", "name", "order", "parent", "part", "path")

    def __init__(self, state: "State", part: Part, parent: "Cell | None", index: int) -> None:
        self._state, self.part, self.parent, self.index = state, part, parent, index
        self.name = part.name
        above = parent.path if parent is not None else ""
        mark = f"[{index}]" if isinstance(part, Group) and part.repeats else ""
        self.path: str = f"{above}/{part.name}{mark}" if part.name else ""
        self._relevant: bool | None = None
        self._value: str | None = None
        self.kids: dict[str, list[Cell]] | None = None  # None until somebody looks
        self.order = 0  # its place among the leaves
        self._ranges: tuple[str, ...] = ()  # names of the repeats among the kids whose number must be worked out
        state.born(self)

    def child(self, name: str) -> list["Cell"]:
        if self.kids is None:
            self._open()
        if name in self._ranges:
            self._grow(name)
        return (self.kids or {}).get(name, [])

    def children(self) -> list["Cell"]:
        if self.kids is None:
            self._open()
        for name in self._ranges:
            self._grow(name)
        return [cell for cells in (self.kids or {}).values() for cell in cells]

    def text(self) -> str:
        """The value as expressions see it: empty where the question is not relevant."""
        if self._value is None:
            self._value = ""  # what a circle reads; check refuses such forms
            self._value = self._state.work_out(self)
        return self._value

    @property
    def relevant(self) -> bool:
        """Whether the question is to be asked as things are, or the group entered."""
        if self._relevant is None:
            self._relevant = False  # what a circle reads; check refuses such forms
            self._relevant = self._state.decide(self)
        return self._relevant

    def _open(self) -> None:
        self.kids = {}
        if isinstance(self.part, Group):
            for part in self.part.children:
                many = isinstance(part, Group) and part.repeats
                self.kids[part.name] = [] if many else [Cell(self._state, part, self, 1)]
            self._ranges = tuple(it.name for it in self.part.children if isinstance(it, Group) and it.repeats)

    def _grow(self, name: str) -> None:
        """Makes the instances of a repeat as many as its count says."""
        parts = self.part.children if isinstance(self.part, Group) else ()
        part = next(it for it in parts if it.name == name)
        if not isinstance(part, Group) or self.kids is None:
            return
        self._ranges = tuple(it for it in self._ranges if it != name)  # first: the count may look at this very repeat
        cells = self.kids[name]
        wanted = self._state.count(part, self, len(cells))
        if wanted != len(cells):
            self._state.restructured()
            for cell in cells[wanted:]:
                self._state.died(cell)
            more = range(len(cells) + 1, wanted + 1)
            self.kids[name] = cells[:wanted] + [Cell(self._state, part, self, place) for place in more]

    def forget(self) -> None:
        """What may have changed is worked out again when somebody looks."""
        self._relevant = self._value = None

    def recount(self, name: str) -> None:
        """The number of instances of the repeat `name` in it may have changed."""
        if self.kids is not None and name not in self._ranges:
            self._ranges = (*self._ranges, name)
            self._state.restructured()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the instances of a repeat stand, whether there is one or not: its count is written as seen from there."""

    name: str
    parent: Cell
    index: int = 1

    def child(self, name: str) -> tuple[Node, ...]:  # noqa: ARG002 # a place has no children
        return ()

    def children(self) -> tuple[Node, ...]:
        return ()

    def text(self) -> str:
        return ""


class State:
    """The answers to a form at one moment. `answers`: path with indices -> stored text; "" says "left empty"."""

    __slots__ = (
        "_asked",
        "_busy",
        "_by_path",
        "_by_template",
        "_done",
        "_front",
        "_leaves",
        "_match",
        "_now",
        "_opened",
        "_run",
        "_seed",
        "_stale",
        "_stored",
        "_total",
        "lang",
        "plan",
        "root",
    )

    def __init__(
        self,
        plan: Plan,
        now: datetime,
        seed: int,
        match: Matcher,
        answers: Mapping[str, str] | None = None,
        lang: str = "",
    ) -> None:
        """`now` is aware, in the zone whose calendar counts. `seed` stays the same through one conversation."""
        self.plan, self._now, self._seed, self._match = plan, now, seed, match
        self.lang = lang or plan.form.default_language
        self._stored: dict[str, str] = {}
        self._opened: set[str] = set()  # paths whose first value was set
        self._by_path: dict[str, Cell] = {}
        self._by_template: dict[str, list[Cell]] = {}
        self._run = Evaluator(self, FUNCTIONS)
        self._leaves: tuple[Cell, ...] | None = None  # in order; None when a repeat may have grown or shrunk
        self._front = 0  # every leaf before this place is answered, or not to be asked
        self._stale: dict[Cell, None] = {}  # leaves whose place in the count below must be looked at again
        self._asked: dict[Cell, tuple[bool, bool]] = {}  # leaf -> (to be asked, and answered)
        self._total = self._done = 0  # how many leaves are so
        self.root: Cell = Cell(self, Group("", (plan.form.root,)), None, 1)
        self._load()
        if plan.plain:  # nothing happens when a value changes: all at once, before anything is worked out
            self._stored |= answers or {}
        else:
            for path, value in (answers or {}).items():
                self.put(path, value)

    # What the evaluator asks for (World).

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def match(self) -> Matcher:
        return self._match

    def instance(self, name: str) -> Node | None:
        """A list of choices by its name."""
        return self.plan.lists.get(name)

    def itext(self, key: str) -> str:
        """A text by its key, in the language of this state."""
        words = dict(self.plan.form.texts).get(key, ())
        return self.words(words, self.root)

    def choice_name(self, value: str, path: str, node: Node) -> str:
        """The label of a choice of the question at `path`, seen from `node`, in the language of this state."""
        target = next(iter(self._run.nodes(parse(path.strip()), node)), None)
        if not isinstance(target, Cell):
            return ""
        return next((self.option_label(target, it) for it in self.options(target) if it.name == value), "")

    def chance(self, node: Node, use: str) -> int:
        """The same 64 bits for the same seed, node and use."""
        where = node.path if isinstance(node, Cell) else node.name
        return int.from_bytes(blake2b(repr((self._seed, where, use)).encode(), digest_size=8).digest(), "big")

    def kept(self, node: Node) -> str:
        """What is stored for a node that once() protects."""
        return self._stored.get(node.path, "") if isinstance(node, Cell) else ""

    # What cells ask for.

    def born(self, cell: Cell) -> None:
        """A cell came to be."""
        self._by_path[cell.path] = cell
        self._by_template.setdefault(cell.part.path, []).append(cell)

    def died(self, cell: Cell) -> None:
        """A repeat lost an instance; answers to its questions stay in store, should it come back."""
        self._by_path.pop(cell.path, None)
        self._by_template[cell.part.path].remove(cell)
        for kid in (kid for kids in (cell.kids or {}).values() for kid in kids):
            self.died(kid)

    def work_out(self, cell: Cell) -> str:
        """The value of a cell: calculated, stored, or its default; empty where it is not relevant."""
        part = cell.part
        if isinstance(part, Group) or not cell.relevant:
            return ""
        if part.calculate is None:
            return self._stored.get(cell.path, part.default)
        return canonical(part.data_type, self._run.text(part.calculate.tree, cell))

    def decide(self, cell: Cell) -> bool:
        """Whether a cell is relevant: its own rule, and everything around it."""
        parent, rule = cell.parent, cell.part.relevant
        if parent is not None and not parent.relevant:
            return False
        return rule is None or self._run.true(rule.tree, cell)

    def count(self, part: Group, parent: Cell, have: int) -> int:
        """How many instances of a repeat there are inside `parent`. A count that is empty changes nothing, as in ODK."""
        if part.count is None:
            wanted = read_number(self._stored.get(f"{parent.path}/{part.name}[]", "1"))
        else:
            wanted = self._run.number(part.count.tree, _Place(part.name, parent))
        return have if math.isnan(wanted) else int(max(0, min(wanted, MAX_REPEATS)))

    # Answers.

    def cell(self, path: str) -> Cell | None:
        """The cell at a path with indices, if there is one now."""
        node: Cell = self.root
        for step in path.split("/")[1:]:
            name, _, index = step.partition("[")
            place = int(index[:-1]) if index[:-1].isdecimal() else 1
            cells = node.child(name)
            if not 1 <= place <= len(cells):
                return None
            node = cells[place - 1]
        return node

    def put(self, path: str, value: str) -> None:
        """Stores an answer, and does what the form wants done when it changes. A path that is not there is kept for later."""
        here = self._by_path.get(path)
        template, changed = here.part.path if here else _template(path), self._stored.get(path) != value
        self._stored[path] = value
        if changed:
            self._changed(path.removesuffix("[]") if path.endswith("[]") else path, template)
            self._trigger(path, template, MAX_ACTIONS)
            self._settle()

    def drop(self, path: str) -> None:
        """Takes an answer back, as if the question had not been asked."""
        if self._stored.pop(path, None) is not None:
            cell = self._by_path.get(path)
            self._front = 0 if cell is None else min(self._front, cell.order)
            self._changed(path, _template(path))
            self._settle()

    def stored(self) -> dict[str, str]:
        """What is in store, by path with indices: what a State made anew needs to be equal to this one."""
        return dict(self._stored)

    def answered(self, path: str) -> bool:
        """Whether there is an answer in store, an empty one included."""
        return path in self._stored

    def _changed(self, path: str, template: str) -> None:
        cell = self._by_path.get(path)
        if cell is not None:
            cell.forget()
            self._stale[cell] = None
        for reader in self.plan.affected(template):
            for other in self._by_template.get(reader, ()):
                other.forget()
                self._stale[other] = None
                self._front = min(self._front, other.order)
        for reader in self.plan.repeats_among(template):
            for parent in self._by_template.get(reader.rpartition("/")[0], ()):
                parent.recount(reader.rpartition("/")[2])

    def _load(self) -> None:
        """Values that are set when the form opens: what a device fills in, and defaults that are expressions."""
        for template, preload in self.plan.preloads:
            value = self._preloaded(preload)
            if value:
                self._stored |= {cell.path: value for cell in self.all(template)}
        self._settle()

    def _preloaded(self, preload: str) -> str:
        match preload.split():
            case ["uid", *_]:
                digits = f"{self.chance(self.root, 'instance'):016x}{self.chance(self.root, 'instance2'):016x}"
                parts = (digits[:8], digits[8:12], "4" + digits[13:16], "8" + digits[17:20], digits[20:])
                return "uuid:" + "-".join(parts)
            case ["timestamp", "start", *_]:
                return moment_text(self._now)
            case ["date", *_]:
                return self._now.date().isoformat()
            case _:
                return ""

    def _settle(self) -> None:
        """What happens once: defaults of new repeat instances, and once()."""
        for action in self.plan.loads:
            for cell in self.all(action.target):
                if cell.path not in self._opened:
                    self._opened.add(cell.path)
                    if cell.relevant:
                        self._set(cell, action.value)
        for template in self.plan.sticky:
            for cell in self.all(template):
                if not self._stored.get(cell.path) and cell.text():
                    self._stored[cell.path] = cell.text()

    def all(self, template: str) -> list[Cell]:
        """Every cell of a template path that there is now."""
        cells = [self.root]
        for name in template.split("/")[1:]:
            cells = [kid for cell in cells for kid in cell.child(name)]
        return cells

    def _set(self, cell: Cell, value: Expression | None) -> None:
        self._stored[cell.path] = "" if value is None else self._run.text(value.tree, cell)
        self._changed(cell.path, cell.part.path)

    def _trigger(self, path: str, template: str, left: int) -> None:
        for place in self.plan.triggers.get(template, ()):
            action = self.plan.form.actions[place]
            for cell in self.all(action.target):
                if left and _same_instance(path, cell.path):
                    before = self._stored.get(cell.path)
                    self._set(cell, action.value)
                    if self._stored[cell.path] != before:
                        self._trigger(cell.path, cell.part.path, left - 1)

    # What to ask.

    def leaves(self) -> Iterator[Cell]:
        """Every leaf that there is now, in the order of the form, relevant or not."""
        return iter(self._in_order())

    def before(self, cell: Cell | None) -> Iterator[Cell]:
        """The leaves before this one, the nearest first; all of them where there is none to stop at."""
        leaves = self._in_order()
        return (leaves[place] for place in range((len(leaves) if cell is None else cell.order) - 1, -1, -1))

    def _in_order(self) -> tuple[Cell, ...]:
        if self._leaves is None:
            found = tuple(_leaves(self.root))
            for place, cell in enumerate(found):
                cell.order = place
            self._leaves, self._front, self._total, self._done = found, 0, 0, 0
            self._asked, self._stale = {}, dict.fromkeys(found)
        return self._leaves

    def restructured(self) -> None:
        """A repeat may have another number of instances now."""
        self._leaves = None

    def asks(self, cell: Cell) -> bool:
        """Whether a person is to answer it: relevant, a question, and neither calculated for good nor read-only now."""
        part = cell.part
        if part.path not in self.plan.questions or not cell.relevant or isinstance(part, Group):
            return False
        return not self.locked(cell)

    def locked(self, cell: Cell) -> bool:
        """Whether a question may only be read, as things are."""
        rule = cell.part.readonly if isinstance(cell.part, Field) else None
        return rule is not None and self._run.true(rule.tree, cell)

    def shows(self, cell: Cell) -> bool:
        """Whether it is words to read now: a note, the head of a table, or what is filled in for the person."""
        part = cell.part
        return isinstance(part, Field) and part.kind is not Kind.HIDDEN and cell.relevant and not self.asks(cell)

    def next(self) -> Cell | None:
        """The first question that waits for an answer; None where there is none left."""
        leaves = self._in_order()
        for place in range(self._front, len(leaves)):
            cell = leaves[place]
            if cell.path not in self._stored and self.asks(cell):
                self._front = place
                return cell
        self._front = len(leaves)
        return None

    def progress(self) -> tuple[int, int]:
        """(questions answered, questions there are) among those that are relevant now."""
        self._in_order()
        for cell in self._stale:
            was, now = self._asked.get(cell, (False, False)), self._standing(cell)
            self._asked[cell] = now
            self._done += now[1] - was[1]
            self._total += now[0] - was[0]
        self._stale = {}
        return self._done, self._total

    def _standing(self, cell: Cell) -> tuple[bool, bool]:
        """Whether a leaf is to be asked, and is so and answered."""
        asked = self.asks(cell)
        return asked, asked and cell.path in self._stored

    def stops(self) -> tuple[Cell, ...]:
        """Notes that forbid to go on: required, read-only and without a value. Their words say why."""
        return tuple(cell for path in self.plan.stops for cell in self.all(path) if self._stands(cell))

    def _stands(self, cell: Cell) -> bool:
        part = cell.part
        if isinstance(part, Group) or part.required is None or not cell.relevant:
            return False
        return not cell.text() and self._run.true(part.required.tree, cell)

    # One question.

    def required(self, cell: Cell) -> bool:
        """Whether it must not be left empty, as things are."""
        rule = cell.part.required if isinstance(cell.part, Field) else None
        return rule is not None and self._run.true(rule.tree, cell)

    def options(self, cell: Cell) -> tuple[Option, ...]:
        """The choices that are offered, after the filter, in the order in which they are offered."""
        choices = cell.part.choices if isinstance(cell.part, Field) else None
        if choices is None:
            return ()
        key = ("offered", cell.part.path)
        offered: tuple[Option, ...] | None = self.plan.fixed.get(key)
        if offered is None:
            nodes = self._run.nodes(choices.nodes.tree, cell)
            offered = tuple(Option(name, node) for node in nodes if (name := self._run.text(choices.value.tree, node)))
            if cell.part.path in self.plan.still:
                self.plan.fixed[key] = offered
        return offered

    def option_label(self, cell: Cell, option: Option, lang: str = "") -> str:
        """The label of a choice, in `lang` or the language of this state; its name where it has none."""
        choices = cell.part.choices if isinstance(cell.part, Field) else None
        if isinstance(option.node, _Row) and option.node.item is not None and option.node.item.label:
            return self.words(option.node.item.label, cell, lang)
        label = choices and choices.label
        return (self._run.text(label.tree, option.node) if label else "") or option.name

    def violation(self, cell: Cell, value: str) -> Why | None:
        """Why `value` cannot be the answer, or None. Only a value that is not empty meets the constraint."""
        part = cell.part
        if isinstance(part, Group):
            return Why.TYPE
        if not value:
            return Why.REQUIRED if self.required(cell) else None
        if not self._fits(cell, part, value):
            return Why.TYPE
        if part.constraint is None or self._holds(cell, part.constraint, value):
            return None
        return Why.CONSTRAINT

    def _holds(self, cell: Cell, constraint: Expression, value: str) -> bool:
        """Whether the constraint is true with `value` in place, and with what is calculated from it."""
        before = self._stored.get(cell.path)
        self._stored[cell.path] = value
        self._changed(cell.path, cell.part.path)
        try:
            return self._run.true(constraint.tree, cell)
        finally:
            if before is None:
                del self._stored[cell.path]
            else:
                self._stored[cell.path] = before
            self._changed(cell.path, cell.part.path)

    def _fits(self, cell: Cell, part: Field, value: str) -> bool:
        if part.kind in CHOOSING:
            return self._chosen(cell, part.kind, value)
        if part.range is not None:
            return part.range.holds(value)
        return fits(part.data_type, value)

    def _chosen(self, cell: Cell, kind: Kind, value: str) -> bool:
        offered = [option.name for option in self.options(cell)]
        if kind is Kind.ONE:
            return value in offered
        names = value.split()
        whole = kind is Kind.MANY or sorted(names) == sorted(dict.fromkeys(offered))
        return len({*names}) == len(names) and {*names} <= {*offered} and whole

    def joined(self, cell: Cell, names: Iterable[str]) -> str:
        """Several names as a select_multiple stores them: once each, in the order of the form."""
        wanted = {*names}
        return " ".join(dict.fromkeys(option.name for option in self.options(cell) if option.name in wanted))

    # Words.

    def words(self, words: Words, cell: Cell, lang: str = "") -> str:
        """Words in `lang`, else in the form's default language, gaps filled from the answers; "" where there are none."""
        lang = lang or self.lang
        text = pick(words, lang, self.plan.form.default_language, "")
        if text is None:
            return ""
        if text.plain is not None:
            return text.plain
        self.speak(lang)
        return "".join(part if isinstance(part, str) else self._run.text(part.tree, cell) for part in text.parts)

    def speak(self, lang: str) -> None:
        """Calculations that quote labels are worked out in `lang` from here on."""
        if lang != self.lang:
            self.lang = lang
            if self.plan.translated:
                for cell in self._by_path.values():
                    cell.forget()

    def label(self, cell: Cell, lang: str = "") -> str:
        """The words of a question, note or group."""
        return self.words(cell.part.label, cell, lang)

    def reading(self, cell: Cell, lang: str = "") -> str:
        """The label, and behind it the value of what is filled in for the person: an answer of theirs they know."""
        value = cell.text() if isinstance(cell.part, Field) and self.shows(cell) else ""
        return (
            ": ".join(filter(None, (self.label(cell, lang).removesuffix(":"), value)))
            if value
            else self.label(cell, lang)
        )

    def hint(self, cell: Cell, lang: str = "") -> str:
        """The words that help with a question."""
        return self.words(cell.part.hint, cell, lang) if isinstance(cell.part, Field) else ""

    def message(self, cell: Cell, why: Why, lang: str = "") -> str:
        """The form's own words about a refused value; "" where it has none."""
        part = cell.part
        if isinstance(part, Group) or why is Why.TYPE:
            return ""
        return self.words(part.required_message if why is Why.REQUIRED else part.constraint_message, cell, lang)

    def values(self) -> dict[str, tuple[str, bool]]:
        """Every leaf there is now: its value, and whether it is relevant. What is sent is what is relevant."""
        return {cell.path: (cell.text(), cell.relevant) for cell in self.leaves()}


def _leaves(cell: Cell) -> Iterator[Cell]:
    if isinstance(cell.part, Field):
        yield cell
    else:
        for kid in cell.children():
            yield from _leaves(kid)


def _template(path: str) -> str:
    """A path without its indices."""
    return "/".join(step.partition("[")[0] for step in path.split("/"))


def _same_instance(path: str, other: str) -> bool:
    """Whether two paths agree in the index of every repeat that they share."""
    for one, two in zip(path.split("/"), other.split("/"), strict=False):
        if one != two:
            return one.partition("[")[0] != two.partition("[")[0]
    return True


# --- stored values ---------------------------------------------------------------------------------------------------


def fits(data_type: str, value: str) -> bool:
    """Whether a text that is not empty is a stored value of an XForms type."""
    match data_type:
        case "int":
            return _is_int(value)
        case "decimal":
            return not math.isnan(read_number(value)) and _is_decimal(value)
        case "date":
            return _is(date.fromisoformat, value) and len(value) == 10
        case "time":
            return _is(time.fromisoformat, value)
        case "dateTime":
            return "T" in value and _is(datetime.fromisoformat, value)
        case "geopoint":
            return _is_point(value)
        case "geotrace" | "geoshape":
            points = [point for point in value.split(";") if point.strip()]
            return len(points) >= 2 and all(map(_is_point, points))
        case _:
            return True


def _is(reader: object, value: str) -> bool:
    try:
        reader(value)  # type: ignore[operator] # one of three fromisoformat, which share no type
    except ValueError:
        return False
    return True


def _is_int(value: str) -> bool:
    """32 bits, as XForms' int has: 2,147,483,648 is none."""
    digits = value.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) <= 10 and -(2**31) <= int(value) < 2**31


def _is_decimal(value: str) -> bool:
    try:
        return value.isascii() and Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _is_point(value: str) -> bool:
    numbers = [read_number(word) for word in value.split()]
    if not 2 <= len(numbers) <= 4 or any(map(math.isnan, numbers)):
        return False
    return abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180


def canonical(data_type: str, text: str) -> str:
    """A calculated text as it is stored under its type: an int loses its decimals, what does not fit is empty."""
    if data_type == "int" and text:
        number = read_number(text)
        return "" if math.isnan(number) or math.isinf(number) else number_text(float(math.trunc(number)))
    return as_text(text)
