"""The stories of tests/stories, told to real processes: as they are, and with a kill after every line.

The hubs are those of tests/hubs, ordinary packs, copied so that a story may change them. The clock begins on one morning.
"""

import shutil
from pathlib import Path

import pytest

from tests.acceptance.player import ROOT, Jsonl, Player, environment

STORIES = sorted((ROOT / "tests" / "stories").glob("*.story"))
STORED = ("s8_restored",)  # what these are about is the same on every network
HUB = {"s2_sign_up": "pt"}  # every other one happens at hub pl
NOW = "2026-12-01T09:00:00+01:00"


def told(story: Path, folder: Path, *, everywhere: bool, database: str = "", network: str = "") -> None:
    hub = HUB.get(story.stem, "pl")
    hubs = folder / "hubs"
    shutil.copytree(ROOT / "tests" / "hubs", hubs)
    more = {"DATABASE_URL": database} if database else {}
    env = environment(folder / "data", hubs, **more)
    talk = Jsonl(env, ("--hub", hub, "--now", NOW))
    try:
        Player(talk, env, hub, hubs / hub, everywhere, network).play(story)
    finally:
        talk.close()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_goes_as_told(story: Path, tmp_path: Path) -> None:
    told(story, tmp_path, everywhere=False)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("network", ["terminal", "matrix"])
@pytest.mark.parametrize("story", [it for it in STORIES if it.stem not in STORED], ids=lambda story: story.stem)
def test_goes_as_told_under_the_limits_of_another_network(story: Path, network: str, tmp_path: Path) -> None:
    told(story, tmp_path, everywhere=False, network=network)


@pytest.mark.timeout(300)  # a start after every line
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_goes_as_told_when_killed_after_every_line(story: Path, tmp_path: Path) -> None:
    told(story, tmp_path, everywhere=True)


@pytest.mark.timeout(300)
def test_goes_as_told_on_postgresql(pg_empty: str, tmp_path: Path) -> None:
    story = next(it for it in STORIES if it.stem == "s2_sign_up")
    told(story, tmp_path, everywhere=True, database=pg_empty)
