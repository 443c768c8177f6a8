"""The packs of a process: watched, refused whole, read from the cache where nothing has changed."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.app.cache import Cache
from bot.app.hubs import Shelf
from bot.app.pack import PackError
from bot.app.speech import Speech
from bot.core.articles import Found, Search
from bot.core.respond import Detect, Guess, Recall
from tests.acceptance.player import ROOT

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def hubs(tmp_path: Path) -> Path:
    folder = tmp_path / "hubs"
    shutil.copytree(ROOT / "hubs", folder)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def shelf(hubs: Path, told: list[str]) -> Shelf:
    return Shelf(hubs, Cache(hubs.parent / "cache"), Speech.shipped(), told.append)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_change_is_seen_and_a_broken_one_is_refused_once(shelf: Shelf, hubs: Path, told: list[str]) -> None:
    path = hubs / "pl" / "hub.toml"
    shelf.open("pl")
    assert shelf.changed("pl") is None
    edit(path, 'timezone = "Europe/Warsaw"', 'timezone = "Europe/Nowhere"')
    assert shelf.changed("pl") is None
    assert shelf.changed("pl") is None
    assert shelf.hub("pl").timezone == "Europe/Warsaw"
    assert len(told) == 1
    assert "hub.toml:" in told[0]
    edit(path, 'timezone = "Europe/Nowhere"', 'timezone = "Europe/Berlin"')
    assert shelf.changed("pl")
    assert shelf.hub("pl").timezone == "Europe/Berlin"


def test_what_a_hub_inherits_is_watched_too(shelf: Shelf, hubs: Path) -> None:
    shelf.open("pl")
    article = next((hubs / "_network" / "articles" / "en").glob("*.md"))
    edit(article, "title: ", "title:  ")
    assert shelf.changed("pl")


def test_a_change_that_the_store_refused_is_not_tried_again(shelf: Shelf, hubs: Path) -> None:
    was = shelf.open("pl")
    edit(hubs / "pl" / "hub.toml", 'timezone = "Europe/Warsaw"', 'timezone = "Europe/Berlin"')
    assert shelf.changed("pl")
    shelf.back("pl", was)
    assert shelf.changed("pl") is None
    assert shelf.hub("pl").timezone == "Europe/Warsaw"


def test_what_was_read_once_is_the_same_from_the_cache(shelf: Shelf, hubs: Path, told: list[str]) -> None:
    read = shelf.open("pl")
    again = Shelf(hubs, shelf.cache, shelf.speech, told.append).open("pl")
    assert again.contents == read.contents
    assert [*again.contents] == [*read.contents]
    assert again.hub == read.hub
    for path in shelf.cache.folder.glob("pack-*.json"):
        path.write_text('{"key": 5', encoding="utf-8")
    assert Shelf(hubs, shelf.cache, shelf.speech, told.append).open("pl").contents == read.contents


def test_a_cache_that_cannot_be_written_is_none(hubs: Path, told: list[str]) -> None:
    (hubs.parent / "file").write_text("in the way", encoding="utf-8")
    shelf = Shelf(hubs, Cache(hubs.parent / "file"), Speech.shipped(), told.append)
    assert shelf.open("pt").hub.id == "pt"


def test_no_pack_and_a_broken_pack_are_told_apart(shelf: Shelf, hubs: Path) -> None:
    for name in ("", "nowhere", "_network", "../hubs/pl", ".."):
        with pytest.raises(LookupError):
            shelf.open(name)
    (hubs / "pt" / "hub.toml").write_text("id = [", encoding="utf-8")
    with pytest.raises(PackError, match=r"hub\.toml:1"):
        shelf.open("pt")


def test_needs_are_met_and_danger_is_heard(shelf: Shelf) -> None:
    shelf.open("pl")
    found = shelf.meet(Search("Od jakiego wieku jest mammografia?"), "pl", "pl", NOW)
    assert isinstance(found, Found)
    assert found.hits
    assert shelf.meet(Recall("xyzzy"), "pl", "pl", NOW) is False
    assert shelf.meet(Detect("Від якого віку роблять мамографію?", "pl"), "pl", "pl", NOW) == Guess("uk", sure=True)
    assert shelf.danger("nie chcę już żyć", "pl", "pl", date(2026, 12, 1))
    fit = next(shelf.cache.folder.glob("fit-pl.json")).read_bytes()
    again = Shelf(shelf.folder, shelf.cache, shelf.speech, shelf.told)
    again.open("pl")
    assert again.meet(Search("Od jakiego wieku jest mammografia?"), "pl", "pl", NOW) == found
    assert next(shelf.cache.folder.glob("fit-pl.json")).read_bytes() == fit
