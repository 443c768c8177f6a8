"""The real conversations as a person reads them, whole: tests/transcripts/*.txt, each with the real store and packs.

    # hub pt lang pt         where, and in which language the person's app is
    > words                  the person writes; > [label] presses the newest such button; > again: the update once more
    > @bob words             somebody else does
    < words                  the bot says; buttons as [1 label], or [label] where a number could be the answer
    ! P1D                    time goes by
    ! edit FILE old -> new   the hub changes its pack

UPDATE=1 writes down how it really goes; read the difference before you commit it. References and times that differ from run
to run stand as R-*, and what the person gets without having written anything stands where it came.
"""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.ports import Outgoing
from tests.acceptance.player import ROOT
from tests.talks.place import Maker, Place, labels_of

FOLDER = ROOT / "tests" / "transcripts"
CODE = re.compile(r"\b([A-Z])-[0-9A-Z]{8}\b")


def shown(message: Outgoing) -> list[str]:
    text = CODE.sub(r"\1-*", message.text)
    rows = [f"< {row}".rstrip() for row in text.split("\n")]
    buttons = [f"[{n} {it.label}]" if message.numbered else f"[{it.label}]" for n, it in enumerate(message.buttons, 1)]
    files = [f"< file {file.name}" for file in message.files]
    return [*rows, *([f"< {' '.join(buttons)}"] if buttons else []), *files, "<<"]


def act(place: Place, who: str, words: str, lang: str) -> None:
    """Write, or press the newest button of that label that this person was ever shown."""
    if not words.startswith("["):
        place.say(words, who, lang=lang)
        return
    label = words[1:-1]
    under = [it for it in place.letters if it.to == who and label in labels_of([it.message])]
    assert under, f"no button {label}"
    place.press(label, who, str(under[-1].id), lang=lang)


def played(script: str, open_place: Maker) -> str:
    head = dict(re.findall(r"(hub|lang|packs) (\S+)", script.split("\n", 1)[0]))
    packs = ROOT / head.get("packs", "hubs")
    place: Place = open_place(hub=head.get("hub", "pl"), packs=packs)
    out: list[str] = []
    last = ""
    for row in script.splitlines():
        if row.startswith("<"):
            continue
        out.append(row)
        before = len(place.letters)
        if row.startswith("! edit "):
            name, _, change = row.removeprefix("! edit ").partition(" ")
            path = (place.own() if place.packs == packs else place.packs / place.hub) / name
            old, _, new = change.partition(" -> ")
            text = path.read_text(encoding="utf-8")
            assert old in text, row
            path.write_text(text.replace(old, new), encoding="utf-8")
        elif row.startswith("! "):
            days, hours = re.fullmatch(r"! P(?:(\d+)D)?(?:T(\d+)H)?", row).groups()  # type: ignore[union-attr]
            place.later(timedelta(days=int(days or 0), hours=int(hours or 0)))
        elif row.startswith("> "):
            again = row == "> again"
            if again:
                place.count -= 1
            last = last if again else row[2:]
            who, words = re.fullmatch(r"(?:@(\w+) )?(.*)", last).groups()  # type: ignore[union-attr]
            act(place, who or "ana", words, head.get("lang", ""))
        for letter in place.letters[before:]:
            out += [f"< to {letter.to}:"] if letter.to != "ana" else []
            out += shown(letter.message)
    return "\n".join(out) + "\n"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_goes_as_written(path: Path, open_place: Maker) -> None:
    told = path.read_text(encoding="utf-8")
    really = played(told, open_place)
    if os.environ.get("UPDATE"):
        path.write_text(really, encoding="utf-8")
    assert really == told


def test_there_are_transcripts() -> None:
    assert len(list(FOLDER.glob("*.txt"))) >= 10
