"""A session is plain data: it goes through JSON and comes back equal, and is bounded whatever happens."""

from dataclasses import replace
from datetime import timedelta
from json import dumps, loads

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.flow import Entry, Open
from bot.core.message import (
    Act,
    Back,
    Cancel,
    Change,
    Danger,
    Edited,
    Line,
    Resume,
    Sent,
    Start,
    Tap,
    Typed,
    act_from_json,
    act_to_json,
)
from bot.core.session import MAX_DEPTH, MAX_DRAFTS, MAX_EARLIER, VERSION, Frame, Session
from tests.core.world import World

words = st.text(max_size=8)
counts = st.integers(0, 2**40)
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
values = scalars | st.lists(st.text(max_size=4), max_size=3)
args = st.lists(scalars, max_size=3).map(tuple)
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(Typed, words), st.builds(Tap, counts, words, words), st.builds(Start, words, args), st.just(Back()),
    st.builds(Change, words, counts), st.just(Cancel()), st.just(Resume()), st.builds(Edited, words, words),
    st.builds(Sent, words),
)  # fmt: skip
entries = st.builds(Entry, words, values, words, words)
logs = st.lists(entries, max_size=4).map(tuple)
opens = st.builds(Open, words, words, st.lists(words, max_size=4).map(tuple), st.booleans(), st.integers(0, 9))
frames = st.builds(Frame, words, args, counts, logs, logs, st.none() | opens, st.none() | entries)
lists = st.lists(st.tuples(words, acts), max_size=4).map(tuple)
stacks = st.lists(frames, max_size=4).map(tuple)
sessions = st.builds(Session, stacks, counts, lists, stacks, st.booleans(), words, words, words, lists)


@given(sessions)
def test_a_session_goes_through_json_and_comes_back(session: Session) -> None:
    text = dumps(session.dump())
    again = Session.load(loads(text))
    assert again == session
    assert dumps(again.dump()) == text


@given(acts)
def test_an_act_goes_through_json_and_comes_back(act: Act) -> None:
    assert act_from_json(loads(dumps(act_to_json(act)))) == act


def test_words_of_danger_rest_without_it() -> None:
    danger = Danger("red_flag", (Line("kb.red-flag"),))
    assert act_from_json(act_to_json(Typed("a lump", danger))) == Typed("a lump")


@pytest.mark.parametrize(
    "data", [None, 7, "back", [], ["jump"], ["typed"], ["typed", 7], ["tap", "1", "a", "b"], ["start"], {}]
)
def test_what_is_no_act_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="not an act"):
        act_from_json(data)  # type: ignore[arg-type]


def test_a_session_of_a_newer_release_is_refused() -> None:
    with pytest.raises(ValueError, match=f"version {VERSION + 1}, and this release reads up to {VERSION}"):
        Session.load({**Session().dump(), "v": VERSION + 1})


def test_what_is_written_down_is_small() -> None:
    """An answer is [key, value, digest, update], and an empty session no more than its names."""
    frame = Frame("register", ("fair",), 7, (Entry("name", "Ana", "00c0ffee", "u7"),))
    dumped = Session((frame,), 7).dump()
    assert dumped["frames"][0]["log"] == [["name", "Ana", "00c0ffee", "u7"]]
    assert len(dumps(Session().dump())) < 150


def test_a_start_brings_back_what_is_under_way_or_kept() -> None:
    session = Session(runs=10).push("a", ()).push("b", ()).push("a", ())
    assert [(frame.flow, frame.run) for frame in session.frames] == [("b", 12), ("a", 11)]
    kept = session.keep_draft(session.frames[1]).pop()
    assert [frame.run for frame in kept.push("a", ()).frames] == [12, 11]
    assert kept.push("a", ()).drafts == ()
    assert kept.push("a", (1,)).runs == 13
    assert [frame.run for frame in kept.forget_draft("a", ()).push("a", ()).frames] == [12, 13]


def test_drafts_are_bounded_and_have_no_open_question() -> None:
    session = Session()
    for n in range(MAX_DRAFTS + 2):
        session = session.keep_draft(replace(Frame("form", (n,), n), open=Open("key", "digest", ())))
    assert [frame.args for frame in session.drafts] == [(n,) for n in range(2, MAX_DRAFTS + 2)]
    assert all(frame.open is None for frame in session.drafts)


def test_what_stood_under_the_message_before_is_kept_by_name_but_for_answers() -> None:
    listed = tuple((f"label {n}", Start("menu", (n,))) for n in range(MAX_EARLIER + 3))
    session = Session().show((("Yes", Tap(1, "", "yes")), *listed)).show((("No", Cancel()),))
    assert session.shown == (("No", Cancel()),)
    assert session.earlier == listed[:MAX_EARLIER]
    assert session.show(()).earlier == (("No", Cancel()),)


def test_depth_is_bounded_in_the_end_of_each_turn() -> None:
    """Rule 7, with every way to push a frame: starts, "go on?", questions."""
    world = World()
    for n, flow in enumerate(["register", "event", "news", "form", "human", "news", "register"] * 2):
        start = Start(flow, {"event": ("fair",), "form": ("welcome",)}.get(flow, ()))
        world.handle(f"{n}", "ana", start)
        assert len(world.session().frames) <= MAX_DEPTH
        world.silence(timedelta(hours=13))
        world.handle(f"{n}t", "ana", Typed("what are your opening hours, where can I park?"))
        assert len(world.session().frames) <= MAX_DEPTH + 1
        assert world.session().frames[-1].flow == "go-on"
    assert world.faults == []


@given(sessions)
def test_empty_means_that_nothing_would_be_lost(session: Session) -> None:
    assert session.empty == (not session.frames and not session.drafts)
