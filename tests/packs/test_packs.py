"""What a pack becomes: the samples, the hubs of the stories, inheritance, the template, the watch."""

import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from bot.app.reader import convert
from bot.core import codec
from bot.core.articles import Article, Safety
from bot.core.events import Event
from bot.core.form.model import Field, Form, Group, Kind
from bot.core.hub import Hub
from bot.core.surveys import Survey
from bot.packs import Finding, cached, check, fingerprint, hubs, load, load_dir, new
from tests.packs.conftest import ARTICLE, Broken, read, said, write

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 12, 1)
TYPES = {"hub": Hub, "safety": Safety, "article": Article, "event": Event, "form": Form, "survey": Survey}


@pytest.mark.parametrize(("folder", "name"), [("hubs", "pl"), ("hubs", "pt"), ("tests/hubs", "pl"), ("tests/hubs", "pt"), ("tests/hubs", "mt")])  # fmt: skip
def test_a_pack_of_ours_has_no_error(folder: str, name: str) -> None:
    loaded = load(ROOT / folder, name)
    assert loaded.errors == ()
    assert [str(it) for it in check.problems(loaded, TODAY) if not it.warning] == []
    assert loaded.hub is not None
    assert loaded.hub.id == name


@pytest.mark.parametrize("name", ["pl", "pt"])
def test_what_is_published_comes_back_equal(name: str) -> None:
    loaded = load(ROOT / "hubs", name)
    for key, data in loaded.contents.items():
        kind = TYPES[key.partition("/")[0]]
        again = codec.load(kind, data)
        assert codec.dump(again) == data, key
    assert {key for key in loaded.contents if key.startswith("event/")} >= {"event/knowledge-exchange"}
    assert len([key for key in loaded.contents if key.startswith("article/")]) > 60


def test_a_pack_is_read_in_the_time_of_a_blink() -> None:
    """A second start reaches its prompt in two seconds; the pack may have a small part of them."""
    load(ROOT / "hubs", "pl")
    start = time.process_time()
    load(ROOT / "hubs", "pl")
    assert time.process_time() - start < 0.6  # 0.1 s on an idle machine


def test_the_samples_use_no_real_address() -> None:
    """R66: invented hubs, whose mail and web lead nowhere."""
    for name in ("pl", "pt"):
        hub = load(ROOT / "hubs", name).hub
        assert hub is not None
        assert hub.sample
        for address in (hub.contact.email, hub.controller.privacy_email, hub.controller.dpo_email):
            assert address.endswith("@example.org")
        assert "example.org" in hub.contact.web


def test_national_rules_go_before_shared_ones() -> None:
    articles = {it.id: it for it in load(ROOT / "hubs", "pl").articles}
    assert articles["screening-what"].best("pl").title == "Badania przesiewowe w Polsce"
    assert {it.lang for it in articles["screening-what"].articles} == {"pl", "en", "uk"}
    assert articles["code"].best("uk", "pl").lang == "pl"


def test_an_own_article_replaces_the_shared_one_in_every_language(packs: Path) -> None:
    write(packs, {"_network/articles/pl/about.md": ARTICLE, "_network/articles/en/more.md": ARTICLE})
    (packs / "xx/articles/pl/about.md").unlink()
    loaded = read(packs)
    assert {key for key in loaded.contents if key.startswith("article/")} == {"article/about/en", "article/more/en"}


def test_a_broken_file_harms_no_other(broken: Broken) -> None:
    loaded = read(broken("xx/articles/en/about.md", "title:", "title: ["))
    assert loaded.errors
    assert "article/about/pl" in loaded.contents
    assert "article/about/en" not in loaded.contents
    assert "event/talk" in loaded.contents


def test_a_topic_is_inherited_and_renamed(packs: Path) -> None:
    hub = packs / "xx/hub.toml"
    hub.write_text(
        hub.read_text()
        + '[topics.events]\nen = "Meetings"\npl = "Spotkania"\n[topics.own]\nen = "Own"\npl = "Własny"\n'
    )
    found = read(packs).hub
    assert found is not None
    assert [(topic.id, topic.name.pick("en")[1]) for topic in found.topics] == [("events", "Meetings"), ("own", "Own")]


def test_a_safety_text_is_replaced_alone(packs: Path) -> None:
    write(packs, {"xx/safety.yaml": 'texts:\n  pl:\n    no_diagnosis: "Zapytaj lekarza."\n'})
    safety = read(packs).safety
    assert safety is not None
    texts = dict(safety.texts)
    assert texts["no_diagnosis"].pick("pl") == ("pl", "Zapytaj lekarza.")
    assert texts["no_diagnosis"].pick("en") == ("en", "I cannot answer this.")
    assert texts["emergency"].pick("pl")[1].startswith("Zadzwoń")
    assert safety.patterns[0] == ("en", "emergency", ("not breathing",))


def test_seats_by_mode_and_role() -> None:
    events = {it.id: it for it in load(ROOT / "hubs", "pt").events}
    seats = {it.role: (it.capacity, it.mode) for it in events["inception-dialogue"].seats}
    assert seats["in-person/patient"] == (10, "in-person")
    assert seats["online/any"] == (100, "online")
    assert events["inception-dialogue"].needs == ("interpretation", "special_needs")
    # Summer time began that night: 9:30 in Lisbon is 8:30 in UTC.
    assert events["inception-dialogue"].start.at.isoformat() == "2027-03-28T08:30:00+00:00"


def test_a_question_that_opens_another() -> None:
    """The event of story S2."""
    event = next(it for it in load(ROOT / "tests/hubs", "pt").events if it.id == "rastreio")
    assert event.title.pick("pt") == ("pt", "Rastreio: perguntas e respostas")
    assert [(it.role, it.capacity) for it in event.seats] == [("", 30)]
    assert event.form is not None
    diet, other, note = event.form.questions
    assert (diet.name, other.name, note.name) == ("diet", "diet_other", "access_note")
    assert other.relevant is not None
    assert other.relevant.source == "/data/diet = 'other'"


def test_a_hub_that_is_no_sample_is_held_to_more(packs: Path) -> None:
    hub = packs / "xx/hub.toml"
    hub.write_text(hub.read_text().replace("sample = true", "sample = false").replace("verified_on = 2026-11-01\n", ""))
    lines = said(packs)
    assert lines == [
        "xx/hub.toml:30: lines[2].verified_on: 22 555 10 10 is not shown: call it, then write verified_on = 2026-12-01 (R16)"
    ]
    assert not read(packs).errors  # it is told to the staff, and stops no running bot


def test_two_hubs_behind_one_account_are_told(packs: Path) -> None:
    text = (packs / "xx/hub.toml").read_text()
    write(packs, {"yy/hub.toml": text.replace('id = "xx"', 'id = "yy"')})
    assert any("is the account of xx already" in line for line in said(packs))


def test_a_wording_belongs_to_one_article(packs: Path) -> None:
    write(packs, {"xx/articles/en/second.md": ARTICLE.replace("what is", "What is").replace("why ", "Why  more ")})
    wording = "the wording 'What is screening' is also in about: only one of the two can be the answer"
    assert [line for line in said(packs) if "also in" in line] == [f"xx/articles/en/second.md:4: warning: {wording}"]


def test_the_watch_sees_every_change(packs: Path) -> None:
    marks = [fingerprint(packs)]
    assert fingerprint(packs) == marks[0]
    path = packs / "xx/articles/en/about.md"
    path.write_text(ARTICLE + "More.\n")
    marks.append(fingerprint(packs))
    (packs / "xx/articles/en/new.md").write_text(ARTICLE)
    marks.append(fingerprint(packs))
    (packs / "xx/articles/en/new.md").rename(packs / "xx/articles/en/newer.md")
    marks.append(fingerprint(packs))
    path.unlink()
    marks.append(fingerprint(packs))
    assert len(set(marks)) == len(marks)
    assert fingerprint(packs / "none") == fingerprint(packs / "none")


def test_a_spreadsheet_is_converted_once(packs: Path, tmp_path: Path) -> None:
    calls: list[Path] = []
    form = Form("needs", "Needs", "1", (), Group("/data", ()))

    def count(path: Path) -> tuple[Form | None, Sequence[Finding]]:
        calls.append(path)
        return form, (Finding("sheet survey, row 2", "odd", warning=True, row=2),)

    for _ in range(2):
        loaded = load(packs, "xx", cached(count, tmp_path / "cache"))
        assert loaded.forms == {"needs": form}
        assert "survey/needs" in loaded.contents
        assert [str(it).removeprefix(f"{packs}/") for it in loaded.problems] == [
            "xx/forms/needs.csv:2: sheet survey, row 2: warning: odd"
        ]
    assert len(calls) == 1
    for kept in (tmp_path / "cache").iterdir():
        kept.write_text("{")  # a process died while it wrote
    assert load(packs, "xx", cached(count, tmp_path / "cache")).forms == {"needs": form}
    (packs / "xx/forms/needs.csv").write_text("survey,type,name,label\n,,,\n")
    load(packs, "xx", cached(count, tmp_path / "cache"))
    assert len(calls) == 3


def test_a_form_that_a_chat_cannot_ask_is_not_offered(packs: Path) -> None:
    form = Form("needs", "Needs", "1", (), Group("/data", (Field("/data/photo", Kind.IMAGE),)))
    loaded = load(packs, "xx", lambda _: (form, ()))
    assert loaded.errors == ()
    assert loaded.surveys == ()
    assert "not offered: a chat cannot ask photo (image)" in str(loaded.problems[0])


def test_the_form_of_the_stories_is_offered(tmp_path: Path) -> None:
    """Read as the bot reads it, from the spreadsheet to the survey."""
    loaded = load(ROOT / "tests/hubs", "pl", cached(convert, tmp_path))
    survey = next(it for it in loaded.surveys if it.id == "kap")
    assert (survey.mode, survey.once, survey.questions, survey.listed) == ("identified", True, 11, True)
    assert survey.title.pick("uk")[0] == "uk"
    assert survey.closes is not None
    assert survey.closes.at.isoformat() == "2027-06-30T16:00:00+00:00"
    assert loaded.problems == tuple(it for it in loaded.problems if it.warning)


def test_a_mistake_in_a_spreadsheet_is_told_by_sheet_row_and_column(packs: Path, tmp_path: Path) -> None:
    text = "survey,,,\n,type,name,label\n,select_one nolist,a,A?\n,text,a,A again?\n"
    (packs / "xx/forms/needs.csv").write_text(text)
    lines = [str(it).removeprefix(f"{packs}/") for it in load(packs, "xx", cached(convert, tmp_path)).errors]
    assert lines
    assert all(line.startswith("xx/forms/needs.csv:") and "sheet survey, row " in line for line in lines), lines


def test_W01_a_form_with_a_secret_in_a_cell_is_not_offered(packs: Path, tmp_path: Path) -> None:
    text = f"survey,,,\n,type,name,label\n,text,a,Send it with 123456789:{'A' * 35}\n"
    (packs / "xx/forms/needs.csv").write_text(text)
    loaded = load(packs, "xx", cached(convert, tmp_path))
    assert any("needs.csv:1: looks like a secret" in str(it) for it in loaded.errors)
    assert loaded.surveys == ()


def test_the_check_names_files_from_where_one_stands(packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (packs / "xx/articles/en/about.md").write_text("nothing")
    monkeypatch.chdir(packs.parent)
    assert "hubs/xx/articles/en/about.md" in {it.file for it in check.check(packs, TODAY)}


def test_a_new_hub_passes_the_check_with_warnings_only(tmp_path: Path) -> None:
    made = new.new(tmp_path / "mt")
    assert {path.name for path in made} >= {"hub.toml", "about-us.md", "example-meeting.toml", "example-survey.toml"}
    loaded = load_dir(tmp_path / "mt")
    assert loaded.hub is not None
    assert loaded.hub.id == "mt"
    assert [str(it) for it in check.problems(loaded, TODAY) if not it.warning] == []
    assert {"article/about-us/en", "event/example-meeting"} <= set(loaded.contents)
    with pytest.raises(FileExistsError):
        new.new(tmp_path / "mt")


def test_a_hub_may_lie_anywhere(tmp_path: Path) -> None:
    """`--hub DIR`: its name need not be its id."""
    new.new(tmp_path / "Some Folder")
    loaded = load_dir(tmp_path / "Some Folder")
    assert loaded.errors == ()
    assert loaded.hub is not None
    assert loaded.hub.id == "example"


def test_hubs_are_folders_with_a_hub_toml(packs: Path) -> None:
    (packs / "empty").mkdir()
    assert hubs(packs) == ("xx",)
    assert hubs(packs / "none") == ()


def test_packs_import_no_spreadsheet_library() -> None:
    code = "import sys, bot.packs, bot.packs.check; print([it for it in ('pyxform', 'openpyxl', 'babel') if it in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == "[]"
