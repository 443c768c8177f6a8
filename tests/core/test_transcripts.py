"""The core, told as conversations. UPDATE=1 writes down how they really go: read the difference before you commit it."""

from dataclasses import replace
from os import environ
from pathlib import Path

import pytest

from bot.core.respond import Spec
from tests.core.transcript import Scene, play
from tests.core.world import Event, World, register_as_of_next_release

HERE = Path(__file__).parent / "transcripts"


def scene(world: World) -> Scene:
    """What can happen around a conversation."""
    town = world.town

    def open_(id: str) -> None:
        world.town.events = {id: Event(id, f"the {id.title()}"), **world.town.events}

    def rename(id: str) -> None:
        world.town.events[id] = replace(world.town.events[id], title=f"the Great {id.title()}")

    def close(id: str) -> None:
        del world.town.events[id]

    def shrink(id: str) -> None:
        world.town.events[id] = replace(world.town.events[id], seats=1)

    def language(lang: str) -> None:
        world.store.rows.contacts["chat/terminal:ana"].lang = lang
        world.store.rows.contacts["chat/terminal:ana"].chosen = True

    def deploy(_: str) -> None:
        world.flows = {**world.flows, "register": Spec(register_as_of_next_release, lasting=True)}

    def withdraw(flow: str) -> None:
        world.flows = {name: spec for name, spec in world.flows.items() if name != flow}

    assert town is world.town
    return {
        "open": open_,
        "close": close,
        "rename": rename,
        "shrink": shrink,
        "language": language,
        "deploy": deploy,
        "withdraw": withdraw,
    }


@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_goes_as_written(path: Path) -> None:
    world = World()
    told = path.read_text(encoding="utf-8")
    really = play(told, world, scene(world))
    if environ.get("UPDATE"):
        path.write_text(really, encoding="utf-8")
    assert really == told
    assert world.faults == []
