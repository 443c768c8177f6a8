"""A question looked up among the hub's articles, in a thread beside the turns. The bar is 10 ms: nobody notices it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from bot.core.articles import Search
from bot.core.respond import Detect
from tools.bench.meter import Figure, spent
from tools.bench.place import HUB, opened

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
QUESTIONS = (
    "From what age is mammography free?",
    "how do I get a second opinion",
    "can I bring my husband to the event",
    "is the HPV vaccine for boys too",
    "what does a colonoscopy cost",
    "where do I find clinical trials",
    "free parking near the hospital",
)


def measure() -> Iterator[Figure]:
    """English questions to a hub of three languages."""
    with opened() as place:
        shelf = place.app.shelf
        shelf.packs[HUB].warm()
        cost = median(spent(lambda it=it: shelf.meet(Search(it), HUB, "en", NOW), 20) for it in QUESTIONS)  # type: ignore[misc]
        yield Figure("a search", cost * 1e3, "ms", 10)
        cost = median(spent(lambda it=it: shelf.meet(Detect(it, "en"), HUB, "en", NOW), 20) for it in QUESTIONS)  # type: ignore[misc]
        yield Figure("a language recognised", cost * 1e3, "ms")
