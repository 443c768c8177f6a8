"""A form as published: its questions in order, their rules, and their words in each language.

One rule: a Form is plain data that goes through JSON and comes back equal. What follows from answers is in state.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, TypeAlias

from bot.core.form.xpath import Expr, ParseError, parse

FORMAT: Final = 1  # of the JSON; a stored form of another format is read by the release that wrote it, or converted


class Kind(StrEnum):
    """What a leaf of the form wants from a person."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "dateTime"
    ONE = "select_one"
    MANY = "select_multiple"
    RANK = "rank"
    RANGE = "range"
    ACKNOWLEDGE = "acknowledge"
    BARCODE = "barcode"
    NOTE = "note"  # read, not answered
    POINT = "geopoint"
    TRACE = "geotrace"
    SHAPE = "geoshape"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    HIDDEN = "hidden"  # calculations and what a device fills in


CHOOSING: Final = frozenset({Kind.ONE, Kind.MANY, Kind.RANK})
IN_CHAT: Final = frozenset({
    Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.ONE, Kind.MANY, Kind.RANK, Kind.RANGE, Kind.ACKNOWLEDGE,
    Kind.BARCODE, Kind.NOTE, Kind.HIDDEN,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression as its author's spreadsheet says it, with ${name} turned into paths; and its tree."""

    source: str
    tree: Expr = field(compare=False, repr=False)

    @classmethod
    def of(cls, source: str) -> "Expression":
        """Raises ParseError."""
        return cls(source, parse(source))


@dataclass(frozen=True, slots=True)
class Text:
    """Words with gaps: an Expression stands where an answer or a calculation is to be read."""

    parts: tuple[str | Expression, ...]

    @property
    def plain(self) -> str | None:
        """The text, if nothing in it depends on answers."""
        return None if any(isinstance(part, Expression) for part in self.parts) else "".join(map(str, self.parts))


Words: TypeAlias = tuple[
    tuple[str, Text], ...
]  # (code of a language, text); the code is "" in a form without languages


def pick(words: Words, *wanted: str) -> Text | None:
    """The text in the first of the `wanted` languages that there is, else the first that there is."""
    have = dict(words)
    return next((have[lang] for lang in wanted if lang in have), words[0][1] if words else None)


@dataclass(frozen=True, slots=True)
class Language:
    """`code` is what we call it ("pl"), `name` what the spreadsheet does ("Polski (pl)")."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers of a range question: from `start` to `end`, both included, by `step`. `whole`: stored as integers."""

    start: Decimal
    end: Decimal
    step: Decimal
    whole: bool

    def values(self, limit: int) -> tuple[str, ...] | None:
        """All of them as stored, or None where there are more than `limit`."""
        low, high, step = min(self.start, self.end), max(self.start, self.end), abs(self.step)
        if step == 0 or (high - low) / step > limit - 1:
            return None
        count = int((high - low) / step) + 1
        return tuple(self.stored(low + step * place) for place in range(count))

    def stored(self, number: Decimal) -> str:
        """A number of the range as XForms stores it: a decimal has decimals, 0.0."""
        if self.whole:
            return f"{number.to_integral_value():f}"
        text = f"{number.normalize():f}"
        return text if "." in text else f"{text}.0"

    def holds(self, text: str) -> bool:
        """Whether a stored value lies on the range and on its step."""
        try:
            number = Decimal(text)
        except InvalidOperation:
            return False
        low, high = min(self.start, self.end), max(self.start, self.end)
        return (
            number.is_finite() and low <= number <= high and (self.step == 0 or (number - self.start) % self.step == 0)
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """Where the choices of a select come from: nodes, and in each of them the value and the label."""

    nodes: Expression
    value: Expression
    label: Expression | None


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a list of choices: its columns, and its words."""

    columns: tuple[tuple[str, str], ...]
    label: Words


@dataclass(frozen=True, slots=True)
class Field:
    """A leaf: a question, a note, or a value that is calculated. `path` has no indices ("/data/guest/age")."""

    path: str
    kind: Kind
    data_type: str = "string"  # XForms' type of what is stored: string, int, decimal, date, ...
    label: Words = ()
    hint: Words = ()
    relevant: Expression | None = None
    required: Expression | None = None
    required_message: Words = ()
    constraint: Expression | None = None
    constraint_message: Words = ()
    readonly: Expression | None = None
    calculate: Expression | None = None
    default: str = ""
    choices: Choices | None = None
    range: Range | None = None
    appearance: str = ""
    preload: str = ""  # what a device fills in: "uid", "timestamp start", "date today", ...

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def header(self) -> bool:
        """Whether it is only the head of a table: its words belong before the next question, and nobody answers it."""
        return self.kind in CHOOSING and "label" in self.appearance.split()


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together. With `repeats` they are asked several times: `count` times, or as often as wanted."""

    path: str
    children: tuple["Field | Group", ...]
    label: Words = ()
    relevant: Expression | None = None
    appearance: str = ""
    repeats: bool = False
    count: Expression | None = None

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


Part: TypeAlias = Field | Group


@dataclass(frozen=True, slots=True)
class Action:
    """A value that is set once, not kept up: when the form opens, when a repeat grows, or when `source` changes."""

    target: str
    value: Expression | None  # None sets the empty text
    events: tuple[str, ...]  # "odk-instance-first-load", "odk-new-repeat", "xforms-value-changed"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a form cannot be asked in a chat: the question or group, and the type that no chat can ask yet."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Form:
    """A whole form. `root` is its outermost group; the first language is the default."""

    id: str
    title: str
    version: str
    languages: tuple[Language, ...]
    root: Group
    lists: tuple[tuple[str, tuple[Item, ...]], ...] = ()
    actions: tuple[Action, ...] = ()
    texts: tuple[tuple[str, Words], ...] = ()  # what expressions name by jr:itext()

    @property
    def default_language(self) -> str:
        return self.languages[0].code if self.languages else ""

    def parts(self) -> Iterator[Part]:
        """Every group and field in the order of asking, the root first."""
        return _parts(self.root)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every leaf in the order of asking, calculations and notes included."""
        return tuple(part for part in self.parts() if isinstance(part, Field))

    @property
    def questions(self) -> tuple[Field, ...]:
        """What a person answers: no notes, no table heads, nothing calculated."""
        kinds = (Kind.NOTE, Kind.HIDDEN)
        return tuple(it for it in self.fields if it.kind not in kinds and not it.header and it.calculate is None)

    def unsupported(self) -> tuple[Reason, ...]:
        """Why it cannot be asked in a chat yet; empty when it can."""
        found = [Reason(part.path, _trouble(part)) for part in self.parts() if _trouble(part)]
        return tuple(found)


def _trouble(part: Part) -> str:
    if isinstance(part, Group):
        return "repeat without repeat_count" if part.repeats and part.count is None else ""
    return "" if part.kind in IN_CHAT else part.kind.value


def _parts(part: Part) -> Iterator[Part]:
    yield part
    if isinstance(part, Group):
        for child in part.children:
            yield from _parts(child)


# --- JSON ------------------------------------------------------------------------------------------------------------

Plain: TypeAlias = dict[str, Any]


def to_json(form: Form) -> Plain:
    """Plain data in one shape for one form, without empty values: what is stored, and hashed for its version."""
    return {
        "format": FORMAT,
        "id": form.id,
        "title": form.title,
        "version": form.version,
        "languages": [[it.code, it.name] for it in form.languages],
        "root": _part_out(form.root),
        "lists": {name: [_item_out(item) for item in items] for name, items in form.lists},
        "actions": [_action_out(action) for action in form.actions],
        "texts": {key: _words_out(words) for key, words in form.texts},
    }


def from_json(data: Mapping[str, Any]) -> Form:
    """The form that to_json made this of. Raises ValueError for a format of another release, or for anything else."""
    if data.get("format") != FORMAT:
        raise ValueError(f"a form of format {data.get('format')!r}, not {FORMAT}")
    try:
        return Form(
            data["id"],
            data["title"],
            data["version"],
            tuple(Language(code, name) for code, name in data["languages"]),
            _group_in(data["root"]),
            tuple((name, tuple(map(_item_in, items))) for name, items in data["lists"].items()),
            tuple(map(_action_in, data["actions"])),
            tuple((key, _words_in(words)) for key, words in data["texts"].items()),
        )
    except (KeyError, TypeError, AttributeError, ParseError, ArithmeticError) as error:
        raise ValueError("not a stored form") from error


def _words_out(words: Words) -> Plain:
    return {lang: _text_out(text) for lang, text in words}


def _text_out(text: Text) -> Any:
    return text.plain if text.plain is not None else [_gap_out(part) for part in text.parts]


def _gap_out(part: str | Expression) -> Any:
    return part if isinstance(part, str) else [part.source]


def _words_in(data: Mapping[str, Any]) -> Words:
    return tuple((lang, _text_in(text)) for lang, text in data.items())


def _text_in(data: Any) -> Text:
    if isinstance(data, str):
        return Text((data,))
    return Text(tuple(part if isinstance(part, str) else Expression.of(part[0]) for part in data))


def _item_out(item: Item) -> Any:
    return [dict(item.columns), _words_out(item.label)]


def _item_in(data: Sequence[Any]) -> Item:
    return Item(tuple(data[0].items()), _words_in(data[1]))


def _action_out(action: Action) -> Plain:
    return {
        "target": action.target,
        "value": action.value and action.value.source,
        "events": [*action.events],
        "source": action.source,
    }


def _action_in(data: Plain) -> Action:
    return Action(data["target"], _expression_in(data["value"]), tuple(data["events"]), data["source"])


def _expression_in(source: str | None) -> Expression | None:
    return None if source is None else Expression.of(source)


_EXPRESSIONS: Final = ("relevant", "required", "constraint", "readonly", "calculate")
_WORDS: Final = ("label", "hint", "required_message", "constraint_message")
_STRINGS: Final = ("data_type", "default", "appearance", "preload")


def _part_out(part: Part) -> Plain:
    if isinstance(part, Group):
        made: Plain = {
            "path": part.path,
            "label": _words_out(part.label),
            "relevant": part.relevant and part.relevant.source,
            "appearance": part.appearance,
            "repeats": part.repeats,
            "count": part.count and part.count.source,
        }
        return {key: value for key, value in made.items() if value} | {"children": [*map(_part_out, part.children)]}
    made = {"path": part.path, "kind": part.kind.value}
    made |= {name: getattr(part, name) for name in _STRINGS}
    made |= {name: _words_out(getattr(part, name)) for name in _WORDS}
    made |= {name: getattr(part, name) and getattr(part, name).source for name in _EXPRESSIONS}
    if part.choices:
        label = part.choices.label
        made["choices"] = [part.choices.nodes.source, part.choices.value.source, label and label.source]
    if part.range:
        made["range"] = [
            *(f"{number:f}" for number in (part.range.start, part.range.end, part.range.step)),
            part.range.whole,
        ]
    return {key: value for key, value in made.items() if value}


def _part_in(data: Plain) -> Part:
    return _field_in(data) if "kind" in data else _group_in(data)


def _group_in(data: Plain) -> Group:
    return Group(
        data["path"],
        tuple(map(_part_in, data["children"])),
        _words_in(data.get("label", {})),
        _expression_in(data.get("relevant")),
        data.get("appearance", ""),
        data.get("repeats", False),
        _expression_in(data.get("count")),
    )


def _field_in(data: Plain) -> Field:
    more: Plain = {name: data.get(name, "") for name in _STRINGS}
    more |= {name: _words_in(data.get(name, {})) for name in _WORDS}
    more |= {name: _expression_in(data.get(name)) for name in _EXPRESSIONS}
    if "choices" in data:
        nodes, value, label = data["choices"]
        more["choices"] = Choices(Expression.of(nodes), Expression.of(value), _expression_in(label))
    if "range" in data:
        start, end, step, whole = data["range"]
        more["range"] = Range(Decimal(start), Decimal(end), Decimal(step), whole)
    return Field(data["path"], Kind(data["kind"]), **more)
