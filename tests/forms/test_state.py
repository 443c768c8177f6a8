"""What follows from answers: relevance, calculations, choices, refusals, words, progress."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.form.model import Expression, Field, Form, Group, Kind, Range, Reason
from bot.core.form.state import MAX_REPEATS, Plan, State, Why, canonical, circles, fits
from bot.forms.patterns import match
from bot.forms.xlsform import check
from tests.forms.sheets import form

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NETWORK = Path(__file__).parents[2] / "hubs/_network/forms"


def state(made: Form, answers: dict[str, str] | None = None, lang: str = "", seed: int = 1) -> State:
    return State(Plan(made), NOW, seed, match, answers, lang)


def sample(name: str) -> Form:
    made = check(NETWORK / f"{name}.xlsx").form
    assert made is not None
    return made


def value(it: State, path: str) -> str:
    cell = it.cell(path)
    assert cell is not None
    return cell.text()


def offered(it: State, path: str) -> list[str]:
    cell = it.cell(path)
    assert cell is not None
    return [option.name for option in it.options(cell)]


def refused(it: State, path: str, candidate: str) -> Why | None:
    cell = it.cell(path)
    assert cell is not None
    return it.violation(cell, candidate)


@pytest.fixture(scope="module")
def consultation() -> Form:
    return sample("stakeholder-consultation")


def test_relevance_and_what_it_does_to_values(consultation: Form) -> None:
    it = state(consultation)
    assert it.cell("/data/organisation").relevant  # type: ignore[union-attr]
    it.put("/data/organisation", "Hub")
    it.put("/data/orgtype", "individual")
    assert value(it, "/data/organisation") == ""  # irrelevant counts as empty,
    it.put("/data/orgtype", "care")
    assert value(it, "/data/organisation") == "Hub"  # but keeps its answer


def test_choices_are_filtered_by_answers(consultation: Form) -> None:
    it = state(consultation, {"/data/fields": "prevention data"})
    assert offered(it, "/data/main_field") == ["prevention", "data"]
    it.put("/data/fields", "quality")
    assert not it.cell("/data/main_field").relevant  # type: ignore[union-attr]
    assert offered(it, "/data/region") == []
    it.put("/data/country", "PL")
    assert offered(it, "/data/region") == ["pl_north", "pl_centre", "pl_south", "pl_east"]
    assert refused(it, "/data/region", "pt_north") is Why.TYPE


def test_repeats_come_as_often_as_their_count_says(consultation: Form) -> None:
    it = state(consultation, {"/data/n_actions": "2"})
    it.put("/data/action[1]/action_effort", "2")
    assert value(it, "/data/total_effort") == ""
    it.put("/data/action[2]/action_effort", "3")
    assert value(it, "/data/total_effort") == "5"
    note = it.cell("/data/effort_note")
    assert note is not None
    assert it.label(note, "pl") == "Łączny wysiłek dla Twoich działań: 5."
    it.put("/data/n_actions", "1")
    assert value(it, "/data/total_effort") == "2"
    assert it.cell("/data/action[2]/action_title") is None
    it.put("/data/n_actions", "3")
    assert value(it, "/data/action[2]/action_effort") == "3"  # back with its answer
    it.put("/data/n_actions", "100000")
    assert it.cell(f"/data/action[{MAX_REPEATS}]/action_title") is not None
    assert it.cell(f"/data/action[{MAX_REPEATS + 1}]/action_title") is None


def test_refusals_and_their_words(consultation: Form) -> None:
    it = state(consultation, {"/data/contact_ok": "yes"})
    assert refused(it, "/data/years", "61") is Why.CONSTRAINT
    assert refused(it, "/data/years", "60") is None
    assert refused(it, "/data/years", "") is None
    assert refused(it, "/data/years", "many") is Why.TYPE
    assert refused(it, "/data/email", "") is Why.REQUIRED
    assert refused(it, "/data/email", "ana at hub") is Why.CONSTRAINT
    assert refused(it, "/data/email", "ana@hub.example") is None
    assert refused(it, "/data/orgtype", "nobody") is Why.TYPE
    assert refused(it, "/data/barriers", "money time") is Why.TYPE  # a ranking ranks all
    assert refused(it, "/data/barriers", "trust law time money") is None
    assert refused(it, "/data/barriers", "trust trust time money") is Why.TYPE
    cell = it.cell("/data/years")
    assert cell is not None
    assert it.message(cell, Why.CONSTRAINT, "uk") == "Число від 0 до 60."
    assert it.message(cell, Why.REQUIRED, "uk") == it.message(cell, Why.TYPE) == ""


def test_a_candidate_leaves_no_trace(consultation: Form) -> None:
    it = state(consultation)
    before = it.values()
    assert refused(it, "/data/n_actions", "4") is Why.CONSTRAINT
    assert it.values() == before
    assert not it.answered("/data/n_actions")


def test_next_and_progress_count_what_is_relevant(consultation: Form) -> None:
    it = state(consultation)
    seen: list[tuple[str, tuple[int, int]]] = []
    answers = {
        "/data/fields": "data quality",
        "/data/n_actions": "1",
        "/data/contact_ok": "no",
        "/data/orgtype": "individual",
    }
    while cell := it.next():
        seen.append((cell.path, it.progress()))
        it.put(cell.path, answers.get(cell.path, ""))
    paths = [path for path, _ in seen]
    assert "/data/organisation" not in paths
    assert "/data/main_field" in paths
    assert "/data/email" not in paths
    assert paths[-4:] == [
        "/data/action[1]/action_title",
        "/data/action[1]/action_field",
        "/data/action[1]/action_effort",
        "/data/contact_ok",
    ]
    assert [done for _, (done, _) in seen] == list(range(len(seen)))
    assert it.progress() == (len(seen), len(seen))
    fresh = state(consultation, {path: answers.get(path, "") for path in paths})
    assert fresh.progress() == it.progress()
    assert fresh.values() == it.values()


def test_an_edit_opens_what_waits_further_up(consultation: Form) -> None:
    it = state(consultation)
    while cell := it.next():
        it.put(cell.path, "individual" if cell.path == "/data/orgtype" else "")
    it.put("/data/orgtype", "care")
    following = it.next()
    assert following is not None
    assert following.path == "/data/organisation"
    it.drop("/data/country")
    following = it.next()
    assert following is not None
    assert following.path == "/data/country"


def test_shrinking_repeats_do_not_spoil_the_count(consultation: Form) -> None:
    it = state(consultation, {"/data/n_actions": "3"})
    assert it.progress()[1] == state(consultation, {"/data/n_actions": "3"}).progress()[1]
    for count, title in (("1", "a"), ("2", "b"), ("0", "c"), ("2", "d")):
        it.put("/data/n_actions", count)
        it.progress()
        it.put("/data/action[1]/action_title", title)
        it.put("/data/contact_ok", "yes" if title in "bd" else "no")
        again = state(consultation, {path: text for path, text in it.stored().items() if not path.endswith("ID")})
        assert it.progress() == again.progress()


def test_constraints_see_what_is_calculated_from_the_candidate(tmp_path: Path) -> None:
    made = form(
        tmp_path,
        [
            {"type": "integer", "name": "a", "label": "A?", "constraint": "${twice} < 10", "calculation": None},
            {"type": "calculate", "name": "twice", "calculation": "${a} * 2"},
        ],
    )
    it = state(made)
    assert refused(it, "/data/a", "5") is Why.CONSTRAINT
    assert refused(it, "/data/a", "4") is None
    assert value(it, "/data/twice") == ""


def test_empty_is_not_zero(tmp_path: Path) -> None:
    made = form(
        tmp_path,
        [
            {"type": "integer", "name": "age", "label": "Age?", "relevant": None},
            {"type": "text", "name": "minor", "label": "M?", "relevant": "${age} < 18"},
            {"type": "text", "name": "other", "label": "O?", "relevant": "not(${age} >= 18)"},
        ],
    )
    it = state(made, {"/data/age": ""})
    assert [cell.path for cell in it.leaves() if it.asks(cell)] == ["/data/age", "/data/other"]


def test_what_happens_once(tmp_path: Path) -> None:
    """Defaults that are expressions, triggers, once(): set when it happens, not kept up."""
    made = form(
        tmp_path,
        [
            {"type": "text", "name": "a", "label": "A?", "default": "start", "calculation": None, "trigger": None},
            {"type": "date", "name": "day", "label": "D?", "default": "today()"},
            {"type": "calculate", "name": "copy", "calculation": "concat(${a}, '!')", "trigger": "${a}"},
            {"type": "calculate", "name": "first", "calculation": "once(${b})"},
            {"type": "text", "name": "b", "label": "B?"},
            {"type": "calculate", "name": "dice", "calculation": "once(random())"},
        ],
    )
    it = state(made)
    assert value(it, "/data/a") == "start"
    assert value(it, "/data/day") == "2026-11-24"
    assert value(it, "/data/copy") == ""
    it.put("/data/a", "x")
    assert value(it, "/data/copy") == "x!"
    it.put("/data/b", "one")
    it.put("/data/b", "two")
    assert value(it, "/data/first") == "one"
    assert value(it, "/data/dice") == value(state(made), "/data/dice") != value(state(made, seed=2), "/data/dice")


def test_nested_and_open_repeats(tmp_path: Path) -> None:
    made = form(
        tmp_path,
        [
            {"type": "begin repeat", "name": "guest", "label": "Guest", "repeat_count": None, "calculation": None},
            {"type": "text", "name": "name", "label": "Name?"},
            {"type": "integer", "name": "n", "label": "How many dogs?"},
            {"type": "begin repeat", "name": "dog", "label": "Dog", "repeat_count": "${n}"},
            {"type": "text", "name": "call", "label": "${name}'s dog ${place}?"},
            {"type": "calculate", "name": "place", "calculation": "position(..)"},
            {"type": "end repeat"},
            {"type": "end repeat"},
            {"type": "calculate", "name": "all", "calculation": "join(' ', ${call})"},
            {"type": "select_one ${name}", "name": "host", "label": "Who is the host?"},
        ],
    )
    assert made.unsupported() == (Reason("/data/guest", "repeat without repeat_count"),)
    it = state(made)
    it.put("/data/guest[]", "2")
    it.put("/data/guest[1]/name", "Ana")
    it.put("/data/guest[2]/name", "Bo")
    it.put("/data/guest[2]/n", "2")
    dog = it.cell("/data/guest[2]/dog[2]/call")
    assert dog is not None
    assert it.label(dog) == "Bo's dog 2?"
    it.put("/data/guest[2]/dog[1]/call", "Rex")
    it.put("/data/guest[2]/dog[2]/call", "Max")
    assert value(it, "/data/all") == "Rex Max"
    assert offered(it, "/data/host") == ["Ana", "Bo"]


def test_a_note_that_forbids_to_go_on(tmp_path: Path) -> None:
    made = form(
        tmp_path,
        [
            {"type": "select_one yn", "name": "agree", "label": "Agree?", "relevant": None, "required": None},
            {"type": "note", "name": "stop", "label": "Then not.", "relevant": "${agree} = 'no'", "required": "yes"},
        ],
    )
    it = state(made, {"/data/agree": "no"})
    assert [cell.path for cell in it.stops()] == ["/data/stop"]
    it.put("/data/agree", "yes")
    assert it.stops() == ()


def test_a_filter_that_looks_at_itself_offers_nothing(tmp_path: Path) -> None:
    rows = [
        {
            "type": "select_one yn",
            "name": "q",
            "label": "Q?",
            "required": "yes",
            "choice_filter": "selected(${q}, name)",
        }
    ]
    it = state(form(tmp_path, rows))
    assert offered(it, "/data/q") == []
    assert refused(it, "/data/q", "yes") is Why.TYPE


def test_words_fall_back_and_follow_the_language(tmp_path: Path) -> None:
    made = form(
        tmp_path,
        [
            {"type": "select_one c", "name": "c", "label::English (en)": "Colour?", "label::Polski (pl)": "Kolor?"},
            {
                "type": "calculate",
                "name": "word",
                "label::English (en)": None,
                "calculation": "jr:choice-name(${c}, '${c}')",
            },
            {"type": "note", "name": "said", "label::English (en)": "You said ${word}"},
        ],
        [
            {"list_name": "c", "name": "r", "label::English (en)": "Red", "label::Polski (pl)": "Czerwony"},
            {"list_name": "c", "name": "b", "label::English (en)": "Blue"},
        ],
        [{"form_title": "T", "default_language": "English (en)"}],
    )
    it = state(made, {"/data/c": "r"}, lang="pl")
    said, colour = it.cell("/data/said"), it.cell("/data/c")
    assert said is not None
    assert colour is not None
    assert it.label(said) == "You said Czerwony"  # no Polish words: the default language's, the gap in Polish
    assert it.label(said, "en") == "You said Red"
    assert it.label(said, "uk") == "You said Red"
    assert [it.option_label(colour, option, "pl") for option in it.options(colour)] == ["Czerwony", "Blue"]


def test_circles_are_found_without_end() -> None:
    def field(name: str, rule: str | None = None, relevant: str | None = None) -> Field:
        made = [None if it is None else Expression.of(it) for it in (rule, relevant)]
        return Field(f"/data/{name}", Kind.HIDDEN, calculate=made[0], relevant=made[1])

    def of(*fields: Field, relevant: str | None = None) -> Form:
        rule = None if relevant is None else Expression.of(relevant)
        return Form("f", "F", "1", (), Group("/data", fields, relevant=rule))

    assert circles(of(field("a", "/data/b"), field("b", "1"))) == ()
    assert circles(of(field("a", "/data/b"), field("b", "/data/a"))) == (("/data/a", "/data/b"),)
    assert circles(of(field("a", "."))) == (("/data/a",),)
    assert circles(of(field("a"), relevant="/data/a = 1")) == (("/data", "/data/a"),)
    chain = [field(f"q{n}", f"/data/q{n + 1}") for n in range(3_000)]
    assert circles(of(*chain, field("q3000"))) == ()
    tangled = of(field("a", "/data/b"), field("b", "/data/a"))
    assert state(tangled).values()["/data/a"] == ("", True)  # never offered, yet no hang


@pytest.mark.parametrize(
    ("data_type", "good", "bad"),
    [
        ("int", ["0", "-5", "2147483647"], ["1.5", "abc", "2147483648", "٣", "1e3", "+1", " 1"]),
        ("decimal", ["0.5", "-3", "12"], ["abc", "NaN", "Infinity", "1,5"]),
        ("date", ["2026-02-28"], ["2026-02-30", "soon", "20260228", "2026-02-28T10:00"]),
        ("time", ["09:30:00.000+00:00"], ["25:00:00", "noon"]),
        ("dateTime", ["2026-02-28T09:30:00.000+00:00"], ["2026-02-28", "x"]),
        ("geopoint", ["52.2 21.0 0 0", "52.2 21.0"], ["91 0", "52.2", "a b", "1 2 3 4 5"]),
        ("geotrace", ["52 21 0 0;53 22 0 0"], ["52 21 0 0", ""]),
        ("string", ["anything"], []),
    ],
)
def test_stored_values(data_type: str, good: list[str], bad: list[str]) -> None:
    assert all(fits(data_type, text) for text in good)
    assert not any(fits(data_type, text) for text in bad)


@given(
    st.sampled_from(["int", "decimal", "date", "time", "dateTime", "geopoint", "geotrace", "x"]), st.text(max_size=30)
)
def test_any_text_can_be_looked_at(data_type: str, text: str) -> None:
    fits(data_type, text)
    canonical(data_type, text)
    Range(Decimal(0), Decimal(9), Decimal(1), whole=True).holds(text)


def test_ranges() -> None:
    tenths = Range(Decimal(0), Decimal(1), Decimal("0.1"), whole=False)
    assert tenths.holds("0.3")
    assert not tenths.holds("0.35")
    assert not tenths.holds("1.1")
    assert tenths.stored(Decimal(0)) == "0.0"
    assert tenths.values(11) == ("0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1.0")
    assert tenths.values(10) is None
    assert Range(Decimal(-5), Decimal(15), Decimal(5), whole=True).values(9) == ("-5", "0", "5", "10", "15")


def big(questions: int) -> Form:
    """As many questions as asked for, in gates of ten: every tenth decides on the nine that follow, and is counted."""
    fields: list[Field] = []
    for n in range(questions):
        gate = f"/data/q{n - n % 10}"
        relevant = Expression.of(f"selected({gate}, 'yes') and not({gate} = 'dk')") if n % 10 else None
        fields.append(Field(f"/data/q{n}", Kind.TEXT, label=(), relevant=relevant))
    total = Expression.of("count-non-empty(/data/*[. = 'yes'])")
    return Form("f", "F", "1", (), Group("/data", (*fields, Field("/data/sum", Kind.HIDDEN, calculate=total))))


def turn(plan: Plan) -> None:
    """A turn of the survey flow near the end of a form: every question so far is gone through again."""
    it = State(plan, NOW, 1, match)
    while cell := it.next():
        it.progress()
        it.put(cell.path, "yes")


@pytest.mark.parametrize(("questions", "limit"), [(10, 0.001), (480, 0.035)])
def test_a_turn_is_quick(questions: int, limit: float) -> None:
    """CPU time, the best of several: this test shares its machine. Ten times what was measured there would be a fault."""
    plan = Plan(big(questions))
    turn(plan)
    best = float("inf")
    for _ in range(9):
        begun = time.process_time()
        turn(plan)
        best = min(best, time.process_time() - begun)
    assert best < limit


def test_what_is_filled_in_is_read_not_asked(tmp_path: Path) -> None:
    made = form(
        tmp_path,
        [
            {"type": "integer", "name": "a", "label": "A?", "calculation": None, "read_only": None},
            {"type": "text", "name": "b", "label": "Twice that", "calculation": "${a} * 2"},
            {"type": "text", "name": "c", "label": "Locked when big", "read_only": "${a} > 9"},
        ],
    )
    it = state(made, {"/data/a": "4"})
    assert [cell.path for cell in it.leaves() if it.asks(cell)] == ["/data/a", "/data/c"]
    b = it.cell("/data/b")
    assert b is not None
    assert it.shows(b)
    assert it.reading(b) == "Twice that: 8"
    assert it.progress() == (1, 2)
    it.put("/data/a", "10")
    assert it.progress() == (1, 1)
