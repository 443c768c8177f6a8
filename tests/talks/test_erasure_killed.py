"""The process dies at each step of an erasure, in turn: it ends all the same, and is told once."""

import asyncio
import json
import shutil
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.core.ports import Letter
from storage.schema import metadata
from storage.stoplist import StopList
from tests.kills import Life, Mortal, at_each_step, forked, steps
from tests.talks.place import Place, labels_of
from tests.talks.test_requirements import CANARY, on_disk, signed_up, talk

WHO = f"{CANARY}-address"
ALL = 1_000  # beyond every number of an update before the "yes"


def lived(folder: Path) -> None:
    """Somebody signed up, asked and answered, has a draft, and is asked whether to erase it all."""
    place = Place(folder)
    signed_up(place, f"{CANARY}-name", who=WHO)
    talk(place, "/start news_events", "1", who=WHO)
    place.say(f"{CANARY}-words", WHO)
    place.say("/start form_citizen-needs", WHO)
    place.press(1, WHO)
    place.press(1, WHO)
    place.say("/cancel", WHO)
    place.say("/mydata", WHO)
    sure = place.press("Erase everything", WHO)
    assert labels_of(sure) == ["Yes, erase everything", "No, keep it"]
    (folder / "key").write_bytes(place.wait(place.app.store.database.read(key_of)))
    assert (folder / "key").read_bytes() in on_disk(place)
    place.close()


def key_of(conn: Connection) -> bytes:
    wrapped: bytes = conn.execute(select(metadata.tables["contact"].c.data_key)).scalar_one()
    return wrapped


def at_yes(folder: Path, life: Life) -> Place:
    """The process that hears "yes": the same update, whoever asks."""
    place = Place(folder, count=ALL)
    said = folder / "said"

    def show(letter: Letter) -> None:
        life.step()
        with said.open("a") as file:
            file.write(json.dumps([letter.id, letter.message.text, letter.message.lines, letter.again]) + "\n")
        life.step()

    for letter in place.letters:  # what was owed at the start
        show(letter)
    place.room.show = show
    return place


def erase(folder: Path, life: Life) -> None:
    place = at_yes(folder, life)
    place.app.store.database = Mortal(place.app.store.database, life)  # type: ignore[assignment]
    life.ends_by_files(folder / "data" / "hubbot.stops")
    place.press(1, WHO)
    place.close()


def rows_of_people(conn: Connection) -> dict[str, int]:
    tables = ("contact", "address", "session", "outbox", "question", "consent", "subscription")
    return {it: len(conn.execute(metadata.tables[it].select()).all()) for it in tables}


def ended(folder: Path, killed: bool) -> None:
    """The network delivers the "yes" once more, after a start."""
    place = at_yes(folder, Life(-1))
    place.press(1, WHO)
    said = [json.loads(line) for line in (folder / "said").read_text().splitlines()]
    assert {id for id, *_ in said} == {said[0][0]}, "one message, and no greeting after it"
    assert said[0][2][0] == "erase.done"
    assert len(said) in (1, 1 + killed)
    assert [again for *_, again in said[1:]] in ([], [True])
    assert place.wait(place.app.store.export("pl", "terminal", WHO)) == []
    rows = place.wait(place.app.store.database.read(rows_of_people))
    assert not any(rows.values()), rows
    (receipt,) = StopList.of(folder / "data").read().erasures
    assert receipt.subject in said[0][1]
    for path in (folder / "data").rglob("*"):  # while the database is open: closing it would empty its log
        assert path.is_dir() or CANARY.encode() not in path.read_bytes(), path
    assert (folder / "key").read_bytes() not in on_disk(place)
    assert CANARY not in "\n".join(place.told)
    place.close()


def kill_an_erasure(name: str) -> int:
    """See the test below, which runs this in a process of its own."""
    folder, before = Path(name) / "it", Path(name) / "before"
    before.mkdir()
    assert forked(partial(lived, before)) == 0

    def begin() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(before, folder)

    return at_each_step(begin, partial(erase, folder), partial(ended, folder))


@pytest.mark.timeout(120)
async def test_R43_an_erasure_that_is_killed_at_any_step_ends(tmp_path: Path) -> None:
    tried = await asyncio.to_thread(steps, "tests.talks.test_erasure_killed:kill_an_erasure", str(tmp_path))
    assert tried > 10
