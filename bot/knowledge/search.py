"""Which article answers a question: the languages of a hub searched side by side, and how sure the first hit is.

One rule: precision before reach. What is not surely known is suggested or left open, since a wrong health answer costs more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from bot.core.articles import Article
from bot.knowledge.calibrate import ANSWER, STRAYS, SUGGEST, Calibration, Features, Sample, features, fitted
from bot.knowledge.index import QUESTION, Index

OTHER = 0.9  # what a hit in another language counts: between equals, the person's own
# The fit knows whole questions; these are for what it never saw. Seen: right answers begin at 0.34, suggestions at 0.31.
WEAK = 0.3  # share of a question below which nothing is known of it
LONE = 0.45  # the same for a single word: "class" stands in one sentence of one article, and in no other
LONE_SURE, LONE_LEAD = (
    0.6,
    0.15,
)  # what a single word needs to be answered: "alcohol" has it, "red", "age" and "work" do not
SAMPLES = 120  # wordings of one language that calibrate: all 916 English ones would cost a second and a half


@dataclass(frozen=True, slots=True)
class Ranking:
    """The articles by how well they fit, best first, and how sure it is that the first is right."""

    hits: tuple[tuple[str, float], ...]
    sure: float


class Search:
    """The articles of one hub. Building it takes up to a second, a question some milliseconds, on one thread."""

    def __init__(self, articles: Sequence[Article], calibration: Calibration | None = None) -> None:
        langs = dict.fromkeys(it.lang for it in articles)
        self._by_lang = {lang: Index([it for it in articles if it.lang == lang]) for lang in langs}
        self.calibration = calibration or fitted(self._samples())

    def scores(self, typed: Sequence[str], lang: str, *, without: int = -1) -> dict[str, float]:
        """Every article's score for a question in `lang`, from 0 to 1: that of its best language.

        `without`: leave a unit of the index in `lang` out of account.
        """
        best = dict[str, float]()
        for it, index in self._by_lang.items():
            own = it == lang
            found = index.scores(index.question(typed), without=without if own else -1)
            for doc, score in zip(index.ids, found, strict=True):
                best[doc] = max(best.get(doc, 0.0), score if own else score * OTHER)
        return best

    def ranked(self, typed: Sequence[str], lang: str, hidden: frozenset[str] = frozenset()) -> Ranking:
        """The nearest three articles that are not `hidden`. Words that nothing knows give no hits."""
        scores = {doc: score for doc, score in self.scores(typed, lang).items() if doc not in hidden}
        best = nlargest(3, ((score, doc) for doc, score in scores.items() if score > 0))
        if not best:
            return Ranking((), 0.0)
        found = features(scores)
        sure = min(self.calibration.sure(found), ceiling(typed, found))
        return Ranking(tuple((doc, sure * score / best[0][0]) for score, doc in best), sure)

    def _samples(self) -> list[Sample]:
        """Each wording as if it had not been written, and as if its article did not exist."""
        samples = list[Sample]()
        for lang, index in self._by_lang.items():
            wordings = [n for n, unit in enumerate(index.units) if unit.kind == QUESTION]
            for n in wordings[:: max(1, -(-len(wordings) // SAMPLES))]:
                unit = index.units[n]
                scores = self.scores(unit.words, lang, without=n)
                own = index.ids[unit.doc]
                samples.append(Sample(features(scores), _first(scores) == own))
                del scores[own]
                if scores:
                    samples.append(Sample(features(scores), right=False, counts=STRAYS))
        return samples


def ceiling(typed: Sequence[str], found: Features) -> float:
    """How sure one may be at most: a word that stands somewhere is not yet a question about it."""
    best, lead, *_ = found
    telling = {word for word in typed if len(word) > 1 and not word.isdecimal()}
    if len(telling) > 1:
        return 1.0 if best >= WEAK else 0.99 * SUGGEST
    if not telling or best < LONE:
        return 0.0
    return 1.0 if best >= LONE_SURE and lead >= LONE_LEAD else 0.99 * ANSWER


def _first(scores: Mapping[str, float]) -> str:
    return max(scores.items(), key=lambda it: (it[1], it[0]))[0]
