"""`make kills`: people talk to several processes on one database, which are killed inside their turns, again and again.

One rule: nobody may notice. What each person reads, a second copy of a message apart, is what one reads who is served by
a process that nobody kills; and the rows count what was said.

    python -m tests.acceptance.kills [--kills 300] [--database sqlite] [--database postgresql] [--seed N]
    KILLS_FAULT=send-first|take-twice       serve with a fault that must be found (see faults.py)
"""

import argparse
import asyncio
import json
import os
import random
import re
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select as query

from bot.core.ports import TIMER
from storage import address
from storage.connect import connect
from storage.schema import inbox, outbox, registration
from tests.acceptance.player import ROOT, WAIT, Json, Jsonl, environment, run

HUB = "pl"
NOW = "2026-12-01T09:00:00+01:00"
LANGUAGES = ("en", "pl", "uk")
WANTED = ("/start event_wanted", "1", "1", "Somebody", "1", "1", "/cancel", "/menu")
SPOKEN = re.compile(r"\b[REQ]-\w+|\d{1,2}:\d{2}")  # references and times of day: nobody gets the same
SPARE = 1.4  # lines for each kill: some are not killed at all


@dataclass
class Person:
    """Somebody with lines to write. `came` is what they read, by the message's id; `copies`, messages that came again."""

    name: str
    lang: str
    came: dict[int, Json] = field(default_factory=dict)
    copies: int = 0
    said: int = 0

    def reads(self, message: Json) -> None:
        id = int(str(message["id"]).partition(".")[0])
        self.copies += id in self.came
        self.came[id] = message

    def heard(self, line: str) -> bool:
        """Whether they were ever told this line."""
        return any(line in it["lines"] for it in self.came.values())

    def texts(self) -> list[str]:
        """What they read because of what they wrote: a place that becomes free for them comes when it comes."""
        mine = [it for _, it in sorted(self.came.items()) if "registration.offer" not in it["lines"]]
        return [SPOKEN.sub("*", it["text"]) for it in mine]


@dataclass
class Worker:
    """One process, and the lock of whoever writes to it."""

    talk: Jsonl
    lock: threading.Lock = field(default_factory=threading.Lock)
    log: Path | None = None  # the write-ahead log, where it is SQLite's
    usual: float = 0.05  # seconds of a turn, as the last ones went

    def said(self, line: Json, chance: random.Random, *, kill: bool) -> tuple[list[Json], bool]:
        """What came, and whether the line was done. `kill`: at some moment of the turn, if it is not over before."""
        process = self.talk.process
        began = time.monotonic()
        process.stdin.write(json.dumps(line).encode() + b"\n")
        if not kill:
            found = self.talk.until_idle()
            self.usual = 0.7 * self.usual + 0.3 * min(time.monotonic() - began, 1.0)
            return found, True
        self._until_some_moment(chance)
        os.kill(process.pid, 9)
        rest = self.talk.buffer + process.stdout.read()
        rows = [json.loads(row) for row in rest.split(b"\n")[:-1]]
        return [row for row in rows if "to" in row], {"idle": True} in rows

    def _until_some_moment(self, chance: random.Random) -> None:
        """Any moment; or the one at which something is said; or one of those at which something is committed, since
        what goes wrong goes wrong beside these, and they are short."""
        longest = 1.2 * self.usual
        way = chance.randrange(4 if self.log else 2)
        if way == 0:
            select.select([], [], [], chance.uniform(0, longest))
        elif way == 1:
            select.select([self.talk.process.stdout], [], [], longest)
        elif self.log:
            end = time.monotonic() + longest
            for _ in range(chance.randint(1, 5)):
                before = now = _changed(self.log)
                while now == before and time.monotonic() < end:
                    now = _changed(self.log)


def _changed(log: Path) -> tuple[int, int]:
    try:
        found = log.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


@dataclass
class Town:
    """People and processes on one database."""

    env: Mapping[str, str]
    workers: list[Worker]
    chance: random.Random
    lines: int = 0  # that are still to be written
    wanted: int = 0  # kills that are still to come
    kills: int = 0
    people: dict[str, Person] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, who: Person, text: str) -> None:
        """One line, written again after each kill until it is done."""
        with self.lock:
            who.said += 1
            self.lines -= 1
        line: Json = {"as": who.name, "lang": who.lang, "text": text, "update": f"u{who.said}"}
        for _ in range(50):
            with self.lock:
                worker = self.chance.choice(self.workers)
                kill = self.chance.random() * (self.lines + 1) < self.wanted
                self.wanted -= kill
                self.kills += kill
            with worker.lock:
                found, done = worker.said(line, self.chance, kill=kill)
                with self.lock:  # before the new start: meanwhile another process may say what comes next
                    assert not any("error" in it for it in found), found
                    for it in found:
                        self.people[it["to"]].reads(it)
                if kill:
                    worker.talk.kill()
            if done:
                return
        raise AssertionError(f"{who.name}: never done with {text!r}")

    def talk(self, lines: Mapping[str, tuple[str, ...]], who: "Iterable[Person] | None" = None) -> None:
        """Everybody, or those who are given, write their lines, as many at a time as there are processes."""
        queue = [*(self.people.values() if who is None else who)]
        wrong: list[BaseException] = []

        def serve() -> None:
            try:
                while not wrong:
                    with self.lock:
                        if not queue:
                            return
                        who = queue.pop()
                    for text in lines[who.lang]:
                        self.write(who, text)
            except BaseException as error:  # noqa: BLE001  # told below, in the thread that counts
                wrong.append(error)

        threads = [threading.Thread(target=serve) for _ in self.workers]
        for it in threads:
            it.start()
        for it in threads:
            it.join()
        if wrong:
            raise wrong[0]
        for worker in self.workers:  # what one process left when it was killed may have been said by the other
            for it in worker.talk.say({"as": "nobody", "channel": "terminal"}):
                self.people[it["to"]].reads(it)

    def close(self) -> None:
        for it in self.workers:
            it.talk.close()


def script(lang: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What one writes: up to what they know of themselves, and the erasure."""
    told = (ROOT / "tests" / "stories" / f"talk_{lang}.txt").read_text(encoding="utf-8").splitlines()
    end = told.index("/mydata")
    return (
        *told[:end],
        "/news",
        "1",
        "/back",
        "/cancel",
        "/mine",
        "/menu",
        "/human",
        "Halo, 2 + 2?",
        "1",
        "/mydata",
    ), (
        *told[end:],
        "/start",
    )


def packs(folder: Path, seats: int) -> Path:
    """The sample hubs, with an event of a few seats more."""
    shutil.copytree(ROOT / "hubs", folder)
    text = (folder / "_network" / "events" / "knowledge-exchange.toml").read_text(encoding="utf-8")
    text = text[: text.index("[[questions]]")].replace('id = "knowledge-exchange"', 'id = "wanted"')
    text = text.replace("capacity = 300", f"capacity = {seats}").replace("recording = true", "recording = false")
    (folder / HUB / "events" / "wanted.toml").write_text(text, encoding="utf-8")
    return folder


def town(
    folder: Path, database: str, people: Mapping[str, str], *, workers: int = 1, seats: int, seed: int = 0
) -> Town:
    """A new town; `people` are names and their languages."""
    more = {"DATABASE_URL": database} if database else {}
    env = environment(folder / "data", packs(folder / "hubs", seats), **more)
    talks: list[Jsonl] = []
    for now in (("--now", NOW), *[()] * (workers - 1)):
        talks.append(Jsonl(env, ("--hub", HUB, *now), "tests.acceptance.faults" if "KILLS_FAULT" in env else "bot"))
        talks[-1].say({"as": "nobody", "channel": "terminal"})  # it has started
        talks[-1].arguments = ("--hub", HUB)
    made = {name: Person(name, lang) for name, lang in people.items()}
    log = None if database else folder / "data" / "hubbot.sqlite3-wal"
    return Town(env, [Worker(it, log=log) for it in talks], random.Random(seed), people=made)


def played(folder: Path, database: str = "", *, kills: int, seed: int = 1, workers: int = 2) -> "tuple[str, list[str]]":
    """Kill that often. What was counted, in one line, and what somebody would have noticed: nothing, it is hoped."""
    told = {lang: script(lang) for lang in (LANGUAGES if kills > 50 else LANGUAGES[:2])}
    size = len(told["en"][0]) + len(WANTED) + len(told["en"][1])
    crowd = {f"p{n}": [*told][n % len(told)] for n in range(max(len(told), round(kills * SPARE / size)))}
    seats = 2 * len(crowd) // 3
    calm = town(folder / "calm", "", {f"calm-{lang}": lang for lang in told}, seats=seats)
    here = town(folder / "here", database, crowd, workers=workers, seats=seats, seed=seed)
    here.lines, here.wanted = size * len(crowd), kills
    wrong: list[str] = []
    try:
        for it in (calm, here):
            it.talk({lang: it_[0] for lang, it_ in told.items()})
        wrong += _differences(calm, here)
        here.talk(dict.fromkeys(told, WANTED))
        wrong += _counted(here, asyncio.run(_rows(here.env)), seats)
        erasing = {lang: it[1] for lang, it in told.items()}
        calm.talk(erasing)
        # Those who wait go first: whoever has a seat leaves it to them, and a "1" would then take it.
        waiting = [it for it in here.people.values() if it.heard("registration.waitlisted")]
        here.talk(erasing, waiting)
        here.talk(erasing, [it for it in here.people.values() if it not in waiting])
        wrong += _differences(calm, here, newest=3)  # the last question, the receipt, and the greeting of a stranger
    finally:
        calm.close()
        here.close()
    copies = sum(who.copies for who in here.people.values())
    if copies > here.kills:
        wrong.append(f"{copies} messages came twice at {here.kills} kills")
    said = sum(who.said for who in here.people.values())
    messages = sum(len(who.came) for who in here.people.values())
    return (
        f"{here.kills} kills in {said} lines of {len(crowd)} people, {workers} processes: "
        f"{messages} messages, {copies} of them twice; {len(wrong)} things wrong"
    ), wrong


def _differences(calm: Town, here: Town, newest: int = 0) -> Iterator[str]:
    """What somebody here read otherwise than in the calm town, of all or of the newest messages."""
    want = {who.lang: who.texts()[-newest:] for who in calm.people.values()}
    for who in here.people.values():
        have = who.texts()[-newest:]
        if have != want[who.lang]:
            at = next((n for n, (a, b) in enumerate(zip(have, want[who.lang], strict=False)) if a != b), -1)
            yield (
                f"{who.name} ({who.lang}) read {len(have)} messages and not {len(want[who.lang])}; the first that differs: "
                f"{have[at] if have else None!r}, not {want[who.lang][at]!r}"
            )


async def _rows(env: Mapping[str, str]) -> dict[str, list[Any]]:
    """Inbox, outbox and registrations as they are stored."""
    url = env.get("HUBBOT_DATABASE_URL", f"sqlite:///{env['HUBBOT_DATA_DIR']}/hubbot.sqlite3")
    database = connect(address.read(url))
    try:
        return {
            table.name: await database.read(lambda conn, table=table: [*conn.execute(query(table))])  # type: ignore[misc]
            for table in (inbox, outbox, registration)
        }
    finally:
        await database.close()


def _counted(here: Town, rows: Mapping[str, list[Any]], seats: int) -> Iterator[str]:
    """Whether the rows say that each update was handled once, each message sent, and each seat given once."""
    said = sum(who.said for who in here.people.values())
    heard = [row for row in rows["inbox"] if row.account != TIMER]
    states = Counter(row.state for row in heard)
    if set(states) != {"done"}:
        yield f"updates that are not done: {dict(states)}"
    updates = sum(" >" not in row.update_id for row in heard)
    if updates != said:
        yield f"{said} lines were written and {updates} updates recorded"
    if unsent := Counter(row.state for row in rows["outbox"] if row.state != "sent"):
        yield f"messages without an end: {dict(unsent)}"
    sent: dict[str, list[Any]] = {}
    for row in sorted(rows["outbox"], key=lambda row: row.id):
        sent.setdefault(row.contact_id, []).append(row)
    for mine in sent.values():  # as they were sent: what one process said is read here later than what another did
        if [row.ended for row in mine] != sorted(row.ended for row in mine):
            yield f"out of order: {[(row.id, row.ended) for row in mine]}"
    ids = [row.id for row in rows["outbox"]]
    if read := set(ids) ^ {id for who in here.people.values() for id in who.came}:
        yield f"{len(read)} messages were queued and not read, or read and not queued"
    if len(ids) != len(set(ids)):
        yield "a message's id came back"
    for event, places in (("wanted", seats), ("cancer-mission-fair", 120)):
        live = [
            row for row in rows["registration"] if row.event_id == event and row.state in ("confirmed", "waitlisted")
        ]
        confirmed = sum(row.state == "confirmed" for row in live)
        if confirmed != min(places, len(here.people)):
            yield f"{event}: {confirmed} confirmed of {min(places, len(here.people))}"
        if len(live) != len(here.people) or len({row.contact_id for row in live}) != len(live):
            yield f"{event}: {len(live)} places for {len(here.people)} people"


@contextmanager
def server(kind: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database, of HUBBOT_TEST_POSTGRES or of a server of our own; "" for SQLite."""
    if kind == "sqlite":
        yield ""
        return
    from tests.conftest import made  # noqa: PLC0415  # it takes hypothesis with it

    if given := os.environ.get("HUBBOT_TEST_POSTGRES"):
        yield made(given, "hubbot_kills")
        return
    folder = tempfile.mkdtemp(prefix="hubbot-pg-")
    process = subprocess.Popen([sys.executable, "-m", "tests.postgres", folder], cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        (Path(folder) / "wanted").touch()
        deadline = time.monotonic() + WAIT * 3
        while not (Path(folder) / "ready").exists():
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.05)
        yield made(f"postgresql://postgres@/postgres?host={folder}", "hubbot_kills")
    finally:
        process.kill()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Exit 1 where anybody would have noticed a kill."""
    given = argparse.ArgumentParser(prog="make kills")
    given.add_argument("--kills", type=int, default=300)
    given.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    given.add_argument("--seed", type=int, default=1)
    asked = given.parse_args()
    failed = False
    for name in asked.database or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="hubbot-kills-") as folder, server(name) as url:
            line, wrong = played(Path(folder), url, kills=asked.kills, seed=asked.seed)
        sys.stdout.write("\n  ".join((f"{name}: {line}", *wrong)) + "\n")
        sys.stdout.flush()
        failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    run(environment(Path(tempfile.gettempdir())), "--version")  # byte code, before anything is measured
    sys.exit(main())
