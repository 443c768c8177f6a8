"""Files that a chat hands out lie apart from the data, and go with an erasure, or with the process."""

from pathlib import Path

from tests.acceptance.player import Jsonl, environment


def test_R43_the_export_of_a_person_goes_when_they_are_erased(tmp_path: Path) -> None:
    chat = Jsonl(environment(tmp_path / "data"), ("--now", "2026-12-01T09:00:00+01:00", "--lang", "en"))
    try:
        mine, others = (
            Path(
                [chat.say({"as": who, "text": "/mydata"}), chat.say({"as": who, "tap": 1})][1][-1]["attachments"][0][
                    "path"
                ]
            )
            for who in ("ana", "bob")
        )
        assert mine.read_text().startswith("{")
        chat.say({"as": "ana", "text": "/mydata"})
        chat.say({"as": "ana", "tap": "erase"})
        assert "Receipt" in chat.say({"as": "ana", "tap": 1})[-1]["text"]
        assert not mine.exists()
        assert others.exists()
    finally:
        chat.close()
    assert not others.exists()
