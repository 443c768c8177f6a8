"""One person's conversations as plain data: a stack of frames, the newest list of buttons, and drafts.

One rule: a Session goes through JSON between every two turns, so nothing in it may need to be alive.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.core.flow import Entry, Open
from bot.core.message import Act, Json, Tap, act_from_json, act_to_json

MAX_DEPTH = 3  # a person who digresses three times has forgotten where they were; the newest digression gives way
MAX_EARLIER = 12  # buttons remembered of the message before the newest
MAX_DRAFTS = 3  # unfinished conversations kept for one person; the oldest gives way
VERSION = 1  # of the JSON below; a reader takes every version up to its own


@dataclass(frozen=True, slots=True)
class Frame:
    """One flow under way. `log`: answers its last run used, in order. `spare`: answers of branches now closed.

    `was` is the earlier answer to the open question, after /back or a change: it is shown with the question.
    """

    flow: str
    args: tuple[Json, ...]
    run: int
    log: tuple[Entry, ...] = ()
    spare: tuple[Entry, ...] = ()
    open: Open | None = None
    was: Entry | None = None

    def kept(self, without: str | None = None) -> dict[str, Entry]:
        return {entry.key: entry for entry in self.spare + self.log if entry.key != without}

    @property
    def named(self) -> tuple[str, tuple[Json, ...]]:
        return self.flow, self.args


@dataclass(frozen=True, slots=True)
class Session:
    """`runs` counts frames ever opened: a frame's number is never used again. It begins at a number handed in by chance,
    so that an old button cannot fit the run of a new life.

    `shown` is the newest list as (label, act): what a bare number picks. `earlier` is what stood under the message before
    it, still to be had by its words: where there are no buttons, a question put again must not bury [Undo]. `waiting`: the open question was put aside for
    something more urgent, so "go on?" comes first. `last` is the last update that was words and became no answer.
    `guess` is another language that the last free text was surely in, `offered` one that was offered and not taken.
    `untold`: the first words were a cry and were answered alone, so that a program answers is still to be said (R01).
    """

    frames: tuple[Frame, ...] = ()
    runs: int = 0
    shown: tuple[tuple[str, Act], ...] = ()
    drafts: tuple[Frame, ...] = ()
    waiting: bool = False
    last: str = ""
    guess: str = ""
    offered: str = ""
    earlier: tuple[tuple[str, Act], ...] = ()
    untold: bool = False

    @property
    def top(self) -> Frame | None:
        return self.frames[-1] if self.frames else None

    @property
    def empty(self) -> bool:
        """Whether nothing is under way or kept, so that only the newest list would be lost."""
        return not self.frames and not self.drafts

    def push(self, flow: str, args: tuple[Json, ...]) -> "Session":
        """Give `flow` the floor. One under way, or a draft, comes back with its answers: people return by the same link.

        Whether another gives way is known when this one has a question to put: see respond._bounded.
        """
        name = (flow, args)
        same = [frame for frame in (*self.frames, *self.drafts) if frame.named == name]
        rest = [frame for frame in self.frames if frame.named != name]
        drafts = tuple(frame for frame in self.drafts if frame.named != name)
        frame = same[0] if same else Frame(flow, args, self.runs + 1)
        return replace(self, frames=(*rest, frame), drafts=drafts, runs=self.runs + (not same))

    def pop(self) -> "Session":
        return replace(self, frames=self.frames[:-1])

    def put(self, frame: Frame) -> "Session":
        """The top frame in a new state."""
        return replace(self, frames=(*self.frames[:-1], frame))

    def show(self, listed: tuple[tuple[str, Act], ...]) -> "Session":
        """A new message has `listed` under it. What stood under the one before, answers apart, stays to be had by name."""
        earlier = tuple((label, act) for label, act in self.shown if not isinstance(act, Tap))
        return replace(self, shown=listed, earlier=earlier[:MAX_EARLIER])

    def interrupt(self, listed: tuple[tuple[str, Act], ...]) -> "Session":
        """A message that the person did not ask for has `listed` under it: the open question is put aside, since what is
        typed next may be meant for either."""
        return replace(self.show(listed), waiting=bool(self.top and self.top.open)) if listed else self

    def keep_draft(self, frame: Frame) -> "Session":
        return replace(self, drafts=(*self.drafts, replace(frame, open=None, was=None))[-MAX_DRAFTS:])

    def forget_draft(self, flow: str, args: tuple[Json, ...]) -> "Session":
        return replace(self, drafts=tuple(frame for frame in self.drafts if frame.named != (flow, args)))

    def forget(self, flow: str, args: tuple[Json, ...]) -> "Session":
        """Without this conversation, under way or kept as a draft, and its answers."""
        frames, drafts = (tuple(it for it in had if it.named != (flow, args)) for had in (self.frames, self.drafts))
        return replace(self, frames=frames, drafts=drafts, waiting=self.waiting and bool(frames))

    def dump(self) -> dict[str, Any]:
        """Plain data, small: an answer is [key, value, digest, update]."""
        return {
            "v": VERSION,
            "frames": [_dump_frame(it) for it in self.frames],
            "runs": self.runs,
            "shown": [[label, act_to_json(act)] for label, act in self.shown],
            "drafts": [_dump_frame(it) for it in self.drafts],
            "waiting": self.waiting,
            "last": self.last,
            "guess": self.guess,
            "offered": self.offered,
            "earlier": [[label, act_to_json(act)] for label, act in self.earlier],
            **({"untold": True} if self.untold else {}),
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Session":
        """The inverse of dump. ValueError on a version from the future: a newer release wrote it."""
        if data["v"] > VERSION:
            raise ValueError(f"a session of version {data['v']}, and this release reads up to {VERSION}")
        return cls(
            tuple(_load_frame(it) for it in data["frames"]),
            data["runs"],
            tuple((label, act_from_json(act)) for label, act in data["shown"]),
            tuple(_load_frame(it) for it in data["drafts"]),
            data["waiting"],
            data["last"],
            data["guess"],
            data["offered"],
            tuple((label, act_from_json(act)) for label, act in data["earlier"]),
            data.get("untold", False),
        )


def _dump_frame(it: Frame) -> dict[str, Any]:
    waits = it.open and [it.open.key, it.open.digest, [*it.open.shown], it.open.numbered, it.open.misses]
    return {
        "flow": it.flow,
        "args": [*it.args],
        "run": it.run,
        "log": _dump_entries(it.log),
        "spare": _dump_entries(it.spare),
        "open": waits,
        "was": it.was and _dump_entries([it.was])[0],
    }


def _dump_entries(entries: Sequence[Entry]) -> list[list[Json]]:
    return [[entry.key, entry.value, entry.digest, entry.update] for entry in entries]


def _load_frame(it: dict[str, Any]) -> Frame:
    log, spare = (tuple(Entry(*entry) for entry in it[part]) for part in ("log", "spare"))
    waits = it["open"] and Open(it["open"][0], it["open"][1], tuple(it["open"][2]), *it["open"][3:])
    return Frame(it["flow"], tuple(it["args"]), it["run"], log, spare, waits, it["was"] and Entry(*it["was"]))
