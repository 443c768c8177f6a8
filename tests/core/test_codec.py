"""What is published is plain data: it comes back equal, and the same content has the same name in every process."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, time, timedelta
from decimal import Decimal
from json import loads
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.articles import Article, Hit, Safety, Source
from bot.core.codec import canonical, dump, load, version
from bot.core.events import Event, Registration, Seats
from bot.core.form.model import Form
from bot.core.hub import Hub
from bot.core.message import Moment, Texts
from bot.core.news import Subscribe
from bot.core.person import ConsentRecord
from bot.core.surveys import Survey

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: words,
    int: st.integers(),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    date: st.dates(),
    time: st.times(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    Moment: st.builds(Moment, st.datetimes().map(lambda at: at.replace(tzinfo=UTC)), words),
    Texts: st.dictionaries(words, words, max_size=3).map(Texts.of),
    Form: st.nothing(),  # it has a format of its own, with tests of its own
    type(None): st.none(),
}


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Instances of a domain type by its own hints, whatever fields it will have."""
    origin, args = get_origin(kind), get_args(kind)
    if kind in PLAIN:
        return PLAIN[kind]
    if origin in (Union, UnionType):
        return st.one_of(*map(of, args))
    if origin is tuple and args[1:] == (...,):
        return st.lists(of(args[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(of, args))
    if origin is Mapping:
        return st.dictionaries(of(args[0]), of(args[1]), max_size=2)
    hints = get_type_hints(kind)
    return st.builds(kind, **{it.name: of(hints[it.name]) for it in fields(kind)})


KINDS = [Event, Hub, Article, Source, Hit, Safety, Seats, Registration, ConsentRecord, Survey, Subscribe]


@pytest.mark.parametrize("kind", KINDS)
def test_every_domain_type_comes_back_equal(kind: type) -> None:
    @settings(max_examples=25)
    @given(of(kind))
    def round_trip(value: Any) -> None:
        data = canonical(dump(value))
        again: Any = load(kind, loads(data))
        assert again == value
        assert canonical(dump(again)) == data

    round_trip()


@dataclass(frozen=True, slots=True)
class Old:
    id: str
    size: int = 3
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class New:
    id: str
    size: int = 3
    tags: tuple[str, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    at: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    both: tuple[str, int]
    when: time
    ratio: float
    names: Mapping[str, Old]
    on: bool = False


def test_a_field_with_its_default_is_left_out_so_that_a_new_one_changes_no_version() -> None:
    assert dump(Old("a")) == dump(New("a")) == {"id": "a"}
    assert version(dump(Old("a", 4))) == version(dump(New("a", 4)))
    assert load(New, dump(Old("a", tags=("x",)))) == New("a", tags=("x",))
    assert load(Old, dump(New("a", more={"k": "v"}))) == Old("a"), "what an older release does not know it passes over"


def test_canonical_bytes() -> None:
    assert canonical({"b": [1, 2.5, None, True], "a": "ż"}) == '{"a":"ż","b":[1,2.5,null,true]}'.encode()
    assert version({"a": 1, "b": 2}) == version({"b": 2, "a": 1})
    assert version({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@given(st.dictionaries(words, st.integers() | words, max_size=5))
def test_the_order_of_writing_does_not_count(data: dict[str, object]) -> None:
    turned: Any = dict(reversed(data.items()))
    plain: Any = data
    assert canonical(plain) == canonical(turned)


def test_a_pair_of_everything() -> None:
    value = Pair(("a", 1), time(9, 30), 2.5, {"old": Old("x")}, on=True)
    plain: dict[str, Any] = {
        "both": ["a", 1],
        "when": "09:30:00",
        "ratio": 2.5,
        "names": {"old": {"id": "x"}},
        "on": True,
    }
    assert dump(value) == plain
    assert load(Pair, plain) == value
    assert load(Pair, {**plain, "ratio": 2}) == replace(value, ratio=2)


@pytest.mark.parametrize("data", [float("nan"), float("inf"), "\ud800", {"a": [float("nan")]}])
def test_what_has_no_canonical_spelling_is_refused(data: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each has its own words
        canonical(data)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", timedelta(1), Old, UTC])
def test_what_is_no_plain_value_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        dump(value)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Old, None), (Old, 7), (Old, "a"), (Old, []), (Old, {}), (Old, {"id": 7}), (Old, {"id": "a", "size": "3"}),
        (Old, {"id": "a", "size": True}), (Old, {"id": "a", "tags": "abc"}), (Old, {"id": "a", "tags": [1]}),
        (Old, {"id": "a", "tags": 5}), (New, {"id": "a", "more": ["k"]}), (New, {"id": "a", "at": "x"}),
        (Pair, {"both": ["a"], "when": "9", "ratio": 1, "names": {}}), (date, "2026-13-01"), (date, 7), (Decimal, "x"),
        (Hub, {"id": "pl"}),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(kind: type, data: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        load(kind, data)
