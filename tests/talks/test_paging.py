"""Lists by pages of five: what is where is said in words, each page leads to its neighbours, and nothing is said twice."""

import shutil
from pathlib import Path

from tests.talks.place import Place, labels_of, lines_of, text_of


def many(pack: Path, count: int) -> None:
    """An event and a survey `count` times more."""
    (pack / "forms").mkdir(exist_ok=True)
    for n in range(count):
        fair = (pack / "events" / "cancer-mission-fair.toml").read_text(encoding="utf-8")
        (pack / "events" / f"fair-{n}.toml").write_text(
            fair.replace("cancer-mission-fair", f"fair-{n}"), encoding="utf-8"
        )
        for path in (pack.parent / "_network" / "forms").glob("citizen-needs.*"):
            shutil.copy(path, pack / "forms" / f"views-{n}{path.suffix}")


def test_the_pages_of_a_list_lead_to_each_other(place: Place) -> None:
    many(place.own(), 10)
    for words, kind in (("/events", "Events"), ("/surveys", "Surveys")):
        first = place.say(words)
        assert f"{kind}: 1 to 5 of 1" in text_of(first)
        assert [it for it in labels_of(first) if it in ("Earlier ones", "Later ones")] == ["Later ones"]
        middle = place.press("Later ones")
        assert f"{kind}: 6 to 10 of 1" in text_of(middle)
        assert labels_of(middle)[-2:] == ["Earlier ones", "Later ones"]
        assert sum(line.endswith(".more") for line in lines_of(middle)) == 1
        last = place.press("Later ones")
        assert f"{kind}: 11 to 1" in text_of(last)
        assert labels_of(last)[-1:] == ["Earlier ones"]
        assert text_of(place.press("Earlier ones")) == text_of(middle)
        oldest = next(it for it in place.letters if it.message == first[0])
        assert text_of(place.press("Later ones", message=str(oldest.id))) == text_of(middle), (
            "an older list turns still"
        )
