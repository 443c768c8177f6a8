"""Plays a story against real processes, `hubbot chat --jsonl`, killed wherever the story says.

A story is a text file, one directive a line:

    # a comment
    as NAME [terminal|telegram|matrix] [LANG]   who speaks from here on
    > words                   they write; `again` after it sends the same update once more
    tap N | tap /REGEX/ [under MARK]            they press: by place, or by the words on the button
    edit MARK words           they change the message that was marked
    send FILE                 they send something that is not words
    expect REGEX              the messages since the last act, to the one who speaks, hold this (case does not count)
    absent REGEX              ... do not hold this
    count N [M]               ... are from N to M (N and no other without M)
    lang LANG                 ... are all in this language
    choices N                 ... the last has at least N choices
    file REGEX                ... bring a file of such a name
    keep NAME                 remembers the newest question, for `under`; or with `own`, the own message, for `edit`
    same NAME                 the newest question is the remembered one: same line, as many choices
    idle                      forgets what came so far
    advance DURATION          the clock moves
    kill                      SIGKILL, and a new start on the same data
    backup NAME               `hubbot db backup`, while the process runs
    restore NAME              the process ends; `hubbot db restore`; a new start
    resume                    `hubbot db resume`
    rekey                     another master key, in the three steps of the operators' page
    edit-pack FILE OLD -> NEW      a file of the hub's pack changes while the process runs
    report KIND ID KEY=VALUE ...   the numbers of `hubbot report`
    nowhere WORDS             no file of the data directory holds these words

One rule: a story says the same whether nothing was killed or the process died after every line.
"""

import base64
import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import warm
from tests.acceptance.starter import Started, call, start

ROOT = Path(__file__).resolve().parents[2]
WAIT = 20.0  # seconds for one answer; the longest step on a busy machine is a start with the language models, 3 s
HUBBOT = [sys.executable, "-m", "bot"]

Json = dict[str, Any]


def environment(data: Path, hubs: Path | None = None, **more: str) -> dict[str, str]:
    """No setting of whoever runs the tests; `more` are HUBBOT_ variables without their beginning. See tests.warm.

    Byte code is written: without it each start takes two to four times as long.
    """
    own = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    env = {key: value for key, value in own.items() if not key.startswith("HUBBOT_")}
    if hubs is None and data.is_absolute():
        warm.begin(data)
    env |= {"HUBBOT_DATA_DIR": str(data)} | ({"HUBBOT_HUBS": str(hubs)} if hubs else {})
    return env | {f"HUBBOT_{key}": value for key, value in more.items()}


def run(
    env: Mapping[str, str], *arguments: str, input: str | bytes = b"", timeout: float = 30
) -> subprocess.CompletedProcess[str]:
    """One `hubbot` command in a folder without a .env."""
    data = input.encode() if isinstance(input, str) else input
    return call(arguments, env, ROOT / "tests", data, timeout)


@dataclass
class Jsonl:
    """One `hubbot chat --jsonl` process, started again after a kill."""

    env: Mapping[str, str]
    arguments: tuple[str, ...]
    module: str = "bot"
    process: Started = field(init=False)
    buffer: bytes = b""

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.buffer = b""
        self.process = start(self.module, ("chat", "--jsonl", *self.arguments), self.env, ROOT / "tests")

    def say(self, line: Json) -> list[Json]:
        return self.raw(json.dumps(line).encode())

    def raw(self, line: bytes) -> list[Json]:
        """Write any line; what came until idle."""
        self.process.stdin.write(line + b"\n")
        return self.until_idle()

    def until_idle(self) -> list[Json]:
        found: list[Json] = []
        for line in self._lines(time.monotonic() + WAIT):
            if line == {"idle": True}:
                break
            found.append(line)
        return found

    def _lines(self, deadline: float) -> Iterator[Json]:
        while True:
            while b"\n" in self.buffer:
                line, _, self.buffer = self.buffer.partition(b"\n")
                yield json.loads(line)
            left = deadline - time.monotonic()
            assert left > 0, "no idle in time"
            if select.select([self.process.stdout], [], [], left)[0]:
                chunk = os.read(self.process.stdout.fileno(), 65_536)
                assert chunk, f"the process ended with {self.process.wait(WAIT)}"
                self.buffer += chunk

    def kill(self) -> None:
        self.process.kill()
        self.start()

    def close(self) -> None:
        """End of the input: the process must go by itself, with 0."""
        self.process.stdin.close()
        try:
            assert self.process.wait(WAIT) == 0
        finally:
            self.process.kill()


@dataclass
class Player:
    """A story under way. `everywhere`: a kill after every act. `network`: everybody is on this one, whatever the story says;
    on Matrix, which has no buttons, they type what they would press."""

    talk: Jsonl
    env: dict[str, str]
    hub: str
    pack: Path
    everywhere: bool = False
    network: str = ""
    who: str = "ana"
    came: list[Json] = field(default_factory=list)
    asked: dict[str, Json] = field(default_factory=dict)
    kept: dict[str, Json] = field(default_factory=dict)
    last: Json = field(default_factory=dict)
    updates: int = 0
    old: str = ""  # the master key before the one that is set

    def play(self, story: Path) -> None:
        """Every line in order; AssertionError with its number at the first that does not hold."""
        for number, line in enumerate(story.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                try:
                    self.step(line.strip())
                except AssertionError as wrong:
                    raise AssertionError(f"{story.name}:{number}: {line.strip()}\n{wrong}\n{self.texts()}") from None

    def step(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        match word:
            case "as":
                self._as(*rest.split())
            case ">" | "tap" | "edit" | "send" | "again" | "advance":
                self.do(self.line(word, rest))
            case "kill":
                self.talk.kill()
            case "backup":
                self._hubbot("db", "backup", self._file(rest))
            case "restore":
                self._restore(self._file(rest))
            case "resume":
                self._hubbot("db", "resume")
            case "rekey":
                self._rekey()
            case "idle":
                self.came = []
            case "edit-pack":
                self._edit(*rest.split(" ", 1))
            case "report":
                self._report(*rest.split())
            case "nowhere":
                self._nowhere(rest)
            case "keep":
                name, _, own = rest.partition(" ")
                self.kept[name] = self.last if own else self.question()
            case _:
                self.check(word, rest)

    def line(self, word: str, rest: str) -> Json:
        """The protocol's line for an act."""
        if word == "advance":
            return {"advance": rest}
        if word == "again":
            return self.last
        self.updates += 1
        said: Json = {"as": self.who, "update": f"u{self.updates}"}
        match word:
            case ">":
                said["text"] = rest
            case "tap":
                said |= self._tap(rest)
            case "edit":
                name, _, text = rest.partition(" ")
                said |= {"edit": text, "message": self.kept[name]["update"]}
            case _:
                said["file"] = rest
        return said

    def _tap(self, rest: str) -> Json:
        choice, _, name = rest.partition(" under ")
        asked = self.kept[name] if name else self.question()
        labels = [it["label"] for it in asked["choices"]]
        pattern = re.compile(choice.strip("/"), re.IGNORECASE)
        places = (
            [n for n, label in enumerate(labels, 1) if pattern.search(label)] if choice[0] == "/" else [int(choice)]
        )
        assert places, f"no such choice among {labels}"
        if self.network != "matrix":
            return {"tap": places[0], "message": asked["id"]}
        label = labels[places[0] - 1]
        listed = f"{places[0]}. {label}" in asked["text"]
        return {"text": str(places[0]) if listed else label} | ({"reply_to": asked["id"]} if name else {})

    def do(self, line: Json) -> None:
        self.last = line
        self.came = self.talk.say(line)
        assert not any("error" in it for it in self.came), self.came
        self.asked |= {it["to"]: it for it in self.came if it.get("choices")}
        if self.everywhere:
            self.talk.kill()

    def _as(self, who: str, *more: str) -> None:
        self.who = who
        channel = next((it for it in more if it in ("terminal", "telegram", "matrix")), None)
        lang = next((it for it in more if it != channel), None)
        setting = {"channel": self.network or channel, "lang": lang}
        if more:
            self.do({"as": who} | {key: value for key, value in setting.items() if value})

    def mine(self) -> list[Json]:
        return [it for it in self.came if it["to"] == self.who]

    def question(self) -> Json:
        """The newest message with choices to the one who speaks, else the newest."""
        mine = self.mine()
        found = self.asked.get(self.who) or (mine[-1] if mine else None)
        assert found, "nothing was asked"
        return found

    def texts(self) -> str:
        return "\n".join(f"< {it.get('text')} {[c['label'] for c in it.get('choices', [])]}" for it in self.came)

    def check(self, word: str, rest: str) -> None:
        mine = self.mine()
        text = "\n".join(it["text"] for it in mine)
        match word:
            case "expect":
                assert re.search(rest, text, re.IGNORECASE | re.DOTALL)
            case "absent":
                assert not re.search(rest, text, re.IGNORECASE | re.DOTALL)
            case "count":
                low, *high = map(int, rest.split())
                assert low <= len(mine) <= (high[0] if high else low)
            case "lang":
                assert {it.get("lang", rest) for it in mine} == {rest}
            case "choices":
                assert mine
                assert len(mine[-1]["choices"]) >= int(rest)
            case "file":
                names = [file["name"] for it in mine for file in it.get("attachments", [])]
                assert any(re.search(rest, name) for name in names), names
            case "same":
                kept, now = self.kept[rest], self.question()
                assert kept.get("lines", [])[-1:] == now.get("lines", [])[-1:]
                assert len(kept["choices"]) == len(now["choices"])
            case _:
                raise AssertionError("no such directive")

    def _hubbot(self, *arguments: str) -> str:
        done = run(self.env, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _file(self, name: str) -> str:
        return f"{self.env['HUBBOT_DATA_DIR']}-{name}.db"

    def _rekey(self) -> None:
        """Both keys for every process, the wrapping while people talk, the new key alone."""
        file = Path(self.env["HUBBOT_DATA_DIR"]) / "hubbot.key"
        self.old = self.env.get("HUBBOT_KEY") or file.read_text(encoding="ascii").strip()
        new = base64.b64encode(os.urandom(32)).decode()
        self.env["HUBBOT_KEY"] = f"{new},{self.old}"
        self.talk.kill()
        assert "nothing is left" in self._hubbot("db", "rekey")
        self.env["HUBBOT_KEY"] = new
        file.unlink(missing_ok=True)
        self.talk.kill()

    def _restore(self, file: str) -> None:
        """A backup of before another key is opened by both, and wrapped anew."""
        self.talk.close()
        if self.old:
            new = self.env["HUBBOT_KEY"]
            assert run(self.env, "db", "restore", file).returncode == 2
            self.env["HUBBOT_KEY"] = f"{new},{self.old}"
            self._hubbot("db", "restore", file)
            assert "nothing is left" in self._hubbot("db", "rekey")
            self.env["HUBBOT_KEY"] = new
        else:
            self._hubbot("db", "restore", file)
        self.talk.start()

    def _edit(self, name: str, change: str) -> None:
        path = self.pack / name
        old, _, new = change.partition(" -> ")
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        part = path.with_suffix(".part~")
        part.write_text(text.replace(old, new), encoding="utf-8")
        part.replace(path)

    def _report(self, kind: str, id: str, *wanted: str) -> None:
        found = json.loads(self._hubbot("report", kind, id, "--hub", self.hub, "--json"))
        for pair in wanted:
            key, _, value = pair.partition("=")
            assert found.get(key) == json.loads(value), f"{key} is {found.get(key)}"

    def _nowhere(self, words: str) -> None:
        for path in Path(self.env["HUBBOT_DATA_DIR"]).rglob("*"):
            assert not path.is_file() or words.encode() not in path.read_bytes(), path.name


def packs(folder: Path) -> Path:
    """A copy of the sample hubs that a story may change."""
    shutil.copytree(ROOT / "hubs", folder)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder
