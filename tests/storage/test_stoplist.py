"""Promise 7: a stop and an erasure are written beside the database, too, and are there whatever becomes of it."""

import base64
import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.news import StopAll, Subscribe, UndoStop
from bot.core.person import Erase
from storage.errors import StoreError
from storage.keys import index_of
from storage.stoplist import Entry, Read, StopList, newer
from storage.store import SqlStore, open_store
from tests.storage.kit import NOON, House, Time, given, words

ANN = "Kanarek-7531"
UNDOES = timedelta(minutes=5)  # within the ten of an undo


@pytest.fixture
def stops(tmp_path: Path) -> StopList:
    return StopList.of(tmp_path)


def index(store: SqlStore, who: str = ANN) -> bytes:
    return index_of(store.world.secrets.index_key, "terminal", "chat", who)


async def test_a_stop_its_end_and_an_erasure_are_lines_when_the_turn_is_done(house: House, stops: StopList) -> None:
    await house.publish()
    await house.do(ANN, Subscribe("events", given("news", "events")))
    assert stops.read().entries == ()
    await house.do(ANN, StopAll())
    house.time.at += UNDOES
    await house.do(ANN, UndoStop())
    receipt = await house.do(ANN, Erase())
    me, later = index(house.store), NOON + UNDOES
    assert stops.read().entries == (
        Entry("pl", "stop", me, NOON),
        Entry("pl", "again", me, later),
        Entry("pl", "erased", me, later, receipt.reference),
    )
    assert {row.kind for row in await house.rows("mark")} == {"again", "erased"}
    assert ANN.encode() not in stops.path.read_bytes()
    assert stops.path.stat().st_mode & 0o777 == 0o600


async def test_asking_for_news_without_a_stop_is_no_line(house: House, stops: StopList) -> None:
    await house.publish()
    await house.do(ANN, Subscribe("events", given("news", "events")))
    assert stops.read().entries == ()


async def test_a_start_adds_what_a_process_that_died_could_not(url: str, tmp_path: Path, stops: StopList) -> None:
    store = await open_store(url, tmp_path, real=Time())
    house = House(store, Time())
    await house.publish()
    await house.do(ANN, StopAll())
    await house.do("bob", StopAll())
    there = stops.path.read_bytes().splitlines(keepends=True)
    stops.path.write_bytes(b"".join(there[:-1]) + there[-1][:20])  # a power cut in the middle of Bob's line
    assert [it.index for it in stops.read().entries] == [index(store)]
    assert stops.read().broken == 1
    await store.close()
    store = await open_store(url, tmp_path, real=Time())
    assert [it.index for it in stops.read().entries] == [index(store), index(store, "bob")]
    await store.close()
    again = stops.path.read_bytes()
    await (await open_store(url, tmp_path, real=Time())).close()
    assert stops.path.read_bytes() == again


async def test_a_list_that_cannot_be_written_undoes_no_stop_and_is_mended_later(house: House, stops: StopList) -> None:
    await house.publish()
    stops.path.rename(stops.path.with_suffix(".away"))
    stops.path.mkdir()
    await house.do(ANN, StopAll())
    assert [row.kind for row in await house.rows("mark")] == ["stop"]
    assert house.store.behind
    with pytest.raises(OSError, match="directory"):
        await house.store.list_stops()
    stops.path.rmdir()
    assert await house.store.list_stops() == 1
    assert not house.store.behind
    assert [it.kind for it in stops.read().entries] == ["stop"]


async def test_a_new_database_beside_a_list_has_its_hashes(url: str, tmp_path: Path, stops: StopList) -> None:
    given = base64.b64encode(os.urandom(32)).decode()
    other = tmp_path / "other"
    other.mkdir()
    first = await open_store(f"sqlite:///{other}/x.sqlite3", tmp_path, given, real=Time())
    house = House(first, Time())
    await house.publish()
    await house.do(ANN, StopAll())
    await first.close()
    second = await open_store(url, tmp_path, given, real=Time())
    assert index(second) == stops.read().entries[0].index
    await second.close()


async def test_a_list_that_is_not_this_databases_is_refused(url: str, tmp_path: Path, stops: StopList) -> None:
    for number in ("one", "two"):
        house = House(await open_store(f"sqlite:///{tmp_path}/{number}/x.sqlite3", tmp_path / number), Time())
        await house.publish()
        await house.do(ANN, StopAll())
        await house.store.close()
    lists = [StopList.of(tmp_path / number) for number in ("one", "two")]
    lists[0].path.replace(lists[1].path)
    with pytest.raises(StoreError, match="of another database"):
        await open_store(f"sqlite:///{tmp_path}/two/x.sqlite3", tmp_path / "two")
    lists[1].path.replace(stops.path)
    with pytest.raises(StoreError, match="under another key"):  # a fresh database that could not use it
        await open_store(url, tmp_path)


async def test_a_list_without_a_line_about_anybody_binds_to_no_database(tmp_path: Path, stops: StopList) -> None:
    for number in ("one", "two"):
        await (await open_store(f"sqlite:///{tmp_path}/{number}/x.sqlite3", tmp_path / number)).close()
    StopList.of(tmp_path / "one").path.replace(StopList.of(tmp_path / "two").path)
    store = await open_store(f"sqlite:///{tmp_path}/two/x.sqlite3", tmp_path / "two")
    assert len(StopList.of(tmp_path / "two").read().keys) == 1
    await store.close()


def test_the_newest_word_about_news_counts() -> None:
    stop, again, late = (
        Entry("pl", kind, b"a", NOON + UNDOES * n) for kind, n in (("stop", 0), ("again", 1), ("stop", 2))
    )
    other = Entry("pt", "stop", b"a", NOON)
    gone = Entry("pl", "erased", b"a", NOON, "E-1")
    read = Read((again, stop, other, gone))
    assert read.news == {("pl", b"a"): again, ("pt", b"a"): other}
    assert read.erasures == (gone,)
    assert [*newer([stop, gone, other], [again])] == [gone, other]
    assert [*newer([late, again], [again, stop])] == [late]


async def test_the_receipt_of_an_erasure_that_waits_is_on_the_list(house: House, stops: StopList) -> None:
    """The line is there before the key goes, so that nothing can come between them."""
    await house.publish()

    def erase(unit):  # type: ignore[no-untyped-def]
        unit.perform(Erase())
        unit.put(words("receipt"), "yes", 0)

    await house.turn(ANN, erase)
    assert len(await house.rows("contact")) == 1
    assert [it.kind for it in stops.read().entries] == ["erased"]
