"""The articles of one language, ready to be searched: by their whole text, and by the wording that a question is nearest to.

One rule: every number lies between 0 and 1 and is a share of the question, so that one threshold serves long and short ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.articles import Article
from bot.knowledge.fold import words
from bot.knowledge.terms import Terms

MAX_WORDS = 40  # of a question: what comes after is a story
TITLE, QUESTION, BODY = 3.0, 2.0, 1.0  # how much a word counts by where it stands
HALF = 1.5  # occurrences at which a word in the whole text counts for half (BM25's k1)
NEAREST = 0.4  # what the nearest wording counts against the whole text: the best of 0 to 1 when wordings are left out


@dataclass(frozen=True, slots=True)
class Unit:
    """A title, a wording or a sentence. `doc`: the number of its article; `mass`: the weight of its words together."""

    doc: int
    kind: float
    words: tuple[str, ...]
    mass: float


@dataclass(frozen=True, slots=True)
class Question:
    """A text made ready for one language: each word with its weight and what it may stand for."""

    parts: tuple[tuple[float, Mapping[str, float]], ...]
    mass: float


class Index:
    """The articles of one language. Built once; reading it changes nothing that can be seen."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.ids = [it.id for it in articles]
        raw = [(n, kind, tuple(words(text))) for n, it in enumerate(articles) for kind, text in _texts(it)]
        self.terms = Terms(unit for _, _, unit in raw)
        known = self.terms.known
        self.units = [
            Unit(n, kind, unit, sum(known[it] for it in dict.fromkeys(unit))) for n, kind, unit in raw if unit
        ]
        self._units_of: dict[str, list[int]] = {}
        self.counts: list[dict[str, float]] = [{} for _ in articles]
        self._docs_of: dict[str, list[int]] = {}
        for n, unit in enumerate(self.units):
            for word in set(unit.words):
                self._units_of.setdefault(word, []).append(n)
                self.counts[unit.doc][word] = self.counts[unit.doc].get(word, 0.0) + unit.kind
        for n, counts in enumerate(self.counts):
            for word in counts:
                self._docs_of.setdefault(word, []).append(n)

    def question(self, typed: Sequence[str]) -> Question:
        """A question in this language's weights. A word said twice counts once."""
        parts = []
        for word in dict.fromkeys(typed[:MAX_WORDS]):
            alike = self.terms.alike(word)
            parts.append((self.terms.weight(word, alike), alike))
        return Question(tuple(parts), sum(weight for weight, _ in parts) or 1.0)

    def scores(self, question: Question, *, without: int = -1) -> list[float]:
        """For each article how well it fits the question. `without`: as if the unit of this number did not exist."""
        wholes, nearest = self._wholes(question), self._nearest(question, without)
        if without >= 0:
            wholes[self.units[without].doc] = self._whole_without(question, self.units[without])
        return [(1 - NEAREST) * whole + NEAREST * near for whole, near in zip(wholes, nearest, strict=True)]

    def _wholes(self, question: Question) -> list[float]:
        """For each article the share of the question that stands somewhere in it."""
        total = [0.0] * len(self.ids)
        for weight, alike in question.parts:
            best = dict[int, float]()
            for word, likeness in alike.items():
                for doc in self._docs_of[word]:
                    count = self.counts[doc][word]
                    here = likeness * count / (count + HALF)
                    if here > best.get(doc, 0.0):
                        best[doc] = here
            for doc, here in best.items():
                total[doc] += weight * here
        return [it / question.mass for it in total]

    def _whole_without(self, question: Question, unit: Unit) -> float:
        """The same for the article of one unit, as if it did not have that unit."""
        counts, total = self.counts[unit.doc], 0.0
        gone = set(unit.words)
        for weight, alike in question.parts:
            best = 0.0
            for word, likeness in alike.items():
                count = counts.get(word, 0.0) - (unit.kind if word in gone else 0.0)
                if count > 0:
                    best = max(best, likeness * count / (count + HALF))
            total += weight * best
        return total / question.mass

    def _nearest(self, question: Question, without: int) -> list[float]:
        """For each article the likeness of the question to the nearest of its units: shared weight in both of them."""
        shared = dict[int, float]()
        for weight, alike in question.parts:
            best = dict[int, float]()
            for word, likeness in alike.items():
                for n in self._units_of[word]:
                    if likeness > best.get(n, 0.0):
                        best[n] = likeness
            for n, here in best.items():
                shared[n] = shared.get(n, 0.0) + weight * here
        near = [0.0] * len(self.ids)
        for n, weight in shared.items():
            unit = self.units[n]
            if n != without:
                likeness = min(1.0, 2 * weight / (question.mass + unit.mass))
                near[unit.doc] = max(near[unit.doc], likeness)
        return near


def _texts(article: Article) -> list[tuple[float, str]]:
    sentences = [it for it in _sentences(article.body) if it.strip()]
    topics = " ".join(article.topics)
    return [
        (TITLE, article.title), *((QUESTION, it) for it in article.questions),
        *((BODY, it) for it in sentences), (BODY, topics),
    ]  # fmt: skip


def _sentences(body: str) -> list[str]:
    return body.replace("\n", " ").replace("? ", ". ").replace("! ", ". ").split(". ")
