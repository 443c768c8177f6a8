"""The numbers of a hub: counts of rows, and nothing about fewer than k people."""

from hypothesis import given as examples
from hypothesis import strategies as st

from bot.core.articles import Count, KeepQuestion
from bot.core.events import AnswerOffer, CancelSeat
from bot.core.news import StopAll, Subscribe
from bot.core.surveys import SubmitResponse, SurveyById
from storage.reports import suppress
from tests.storage.kit import House, event, given, hub, survey, talk, wish

NONE = dict.fromkeys(
    ("held", "offered", "confirmed", "waitlisted", "cancelled", "lapsed", "expired", "forced", "in", "no_show"), 0
)


async def test_an_event_in_numbers(house: House) -> None:
    await house.publish(event(seats=4))
    assert await house.store.report("event", "pl", "fair") == {
        "id": "fair",
        "state": "open",
        "capacity": 4,
        "overbooked": 0,
        **NONE,
        "roles": {"in-person/any": {"capacity": 4, "overbooked": 0, **NONE}},
        "queue": [],
    }
    await house.do("ann", wish(party=3))
    await house.do("bob", wish(party=2))
    await house.do("eve", wish())
    report = await house.store.report("event", "pl", "fair")
    assert report
    assert (report["confirmed"], report["waitlisted"]) == (3, 3)
    assert [(it["party"], it["reason"]) for it in report["queue"]] == [(2, "too-large"), (1, "behind")]  # type: ignore[index, union-attr, call-overload]
    await house.do("ann", CancelSeat("fair"))
    await house.do("bob", AnswerOffer("fair", take=False))
    report = await house.store.report("event", "pl", "fair")
    assert report
    assert [report[state] for state in ("confirmed", "offered", "cancelled")] == [0, 1, 5]
    await house.advance(days=70)
    report = await house.store.report("event", "pl", "fair")
    assert report
    assert (report["state"], report["lapsed"]) == ("over", 1)
    assert await house.store.report("event", "pl", "nothing") is None


async def test_a_hub_in_numbers(house: House) -> None:
    await house.publish()
    await house.do("ann", Count("answered", "x"), Count("unknown"), KeepQuestion("?"))
    await house.do("ann", Subscribe("screening", given("news", "screening")))
    await house.do("bob", Count("answered", "y"), Subscribe("events", given("news", "events")), StopAll())
    await house.turn("bob", lambda unit: unit.count("crisis"))
    report = await house.store.report("hub", "pl")
    assert report
    assert {name: report[name] for name in ("answered", "suggested", "unknown", "emergency", "crisis")} == {
        "answered": 2,
        "suggested": 0,
        "unknown": 1,
        "emergency": 0,
        "crisis": 1,
    }
    assert {name: report[name] for name in ("open_questions", "closed_questions", "contacts", "subscriptions")} == {
        "open_questions": 1,
        "closed_questions": 0,
        "contacts": 2,
        "subscriptions": 1,
    }


async def test_R75_results_of_a_form_are_hidden_below_k(house: House) -> None:
    await house.publish(survey(), of=hub(k_default=5))
    assert await house.store.report("form", "pl", "nothing") is None
    version = (await house.do("p0", SurveyById("views"))).version
    state = talk(("survey", "views", version))
    await house.turn("drafter", lambda unit: unit.save(state))
    for n in range(4):
        await house.do(f"p{n}", SubmitResponse("views", version, True, {"/data/agree": "yes", "/data/why": "x"}))
    await house.settle()
    report = await house.store.report("form", "pl", "views")
    assert report == {
        "id": "views",
        "mode": "anonymous",
        "invited": 0,
        "started": 5,
        "sent": 4,
        "drafts": {version: 1},
        "results": None,
    }
    for n in range(4, 13):
        answer = "no" if n > 10 else "yes"
        await house.do(f"p{n}", SubmitResponse("views", version, True, {"/data/agree": answer, "/data/why": "x"}))
        await house.settle()
    # A table moves in steps of k: two of them with one more response between them do not tell what that was.
    report = await house.store.report("form", "pl", "views")
    assert report
    assert (report["sent"], report["results"]) == (13, {"responses": 10, "questions": {"/data/agree": {"yes": 10}}})
    await house.advance(days=31)
    report = await house.store.report("form", "pl", "views")
    assert report
    assert report["results"] == {"responses": 10, "questions": {"/data/agree": {"yes": None, "no": None}}}


@examples(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 40), max_size=6), st.integers(5, 12)
)
def test_R75_no_hidden_cell_can_be_worked_out(counts: dict[str, int], k: int) -> None:
    answered = sum(counts.values())
    shown = suppress(counts, answered, k)
    if answered < k:
        assert shown is None
        return
    assert isinstance(shown, dict)
    assert all(n is None or (n == counts[name] and n >= k) for name, n in shown.items())
    hidden = [name for name, n in shown.items() if n is None]
    if hidden and len(counts) > 1:
        assert len(hidden) > 1
        assert sum(counts[name] for name in hidden) >= k or len(hidden) == len(counts)
