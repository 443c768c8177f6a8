"""All that one hub knows, behind four questions: is this danger, what answers it, is it known, which article is nearest.

One rule: danger first (R12). A text that sets off a safety pattern is never answered by an article, however well one fits.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from threading import Lock

from bot.core.articles import Article, Found, Hit, Safety, Versions
from bot.core.hub import Hub
from bot.core.message import Danger, Line
from bot.knowledge.calibrate import ANSWER, SUGGEST, Calibration
from bot.knowledge.countries import named
from bot.knowledge.fold import words
from bot.knowledge.safety import Watch
from bot.knowledge.search import Ranking, Search
from bot.knowledge.smalltalk import KINDS, small_talk

LINES = tuple(f"ask.{kind}" for kind in KINDS)
KNOWN = 0.7  # to answer where nobody asked: an answer that is not wanted costs more than one that is missed
# Small words of three letters and more in a question that only shifts the country: "what about Germany?", "a jak we Włoszech"
_SHIFTS = frozenset(
    words(
        "what about how the and there same with for jest jak czy tam też jeśli quanto aqui como que por mas não "
        "якщо щодо там так тепер для"
    )
)
_FEW = 3  # words below which an answer to another question ("Anna Kowalska", "screening") is not taken for a question


class Library:
    """One hub's articles and safety texts, at one moment; a hub whose files change gets a new one.

    Making one is quick. `warm` does the work of up to a second, in a thread; whoever asks before waits for it. Safe to use
    from several threads.
    """

    def __init__(
        self,
        hub: Hub,
        articles: Sequence[Versions],
        safety: Safety,
        *,
        person: Mapping[str, str] | None = None,
        checked: str = "",
        calibration: Calibration | None = None,
    ) -> None:
        """`person`: per language, the word to type for a person. `checked`: see Watch. `calibration`: of the same articles,
        from an earlier start.

        An article holds for the hub's country alone where its title, its topics or its id (pl-...) name that.
        """
        self.hub = hub
        self.watch = Watch(safety, hub, person or {}, checked)
        self._versions = {it.id: it for it in articles}
        self._calibration = calibration
        self._search: Search | None = None
        self._making = Lock()
        self._names = {it.id: _countries(it) for it in articles}
        self._national = frozenset(
            it.id for it in articles if hub.country in _countries(it, rules=True) or it.id.startswith(f"{hub.id}-")
        )

    def warm(self) -> Calibration:
        """Make the search ready, and the fit that may be kept for the next start."""
        with self._making:
            if self._search is None:
                wanted = {*self.hub.languages, "en"}
                articles = [article for it in self._versions.values() for article in _indexed(it, wanted)]
                self._search = Search(articles, self._calibration)
            return self._search.calibration

    def danger(self, text: str, lang: str, today: date) -> Danger | None:
        """What the safety words find in a text; microseconds."""
        return self.watch.danger(text, lang, today)

    def search(self, text: str, lang: str, today: date) -> Found:
        """What becomes of a question in `lang`: its route, the nearest three articles, and what safety has to say."""
        ranking = self._ranked(text, lang, today)
        hits = tuple(Hit(doc, round(score, 4)) for doc, score in ranking.hits)
        if danger := self.danger(text, lang, today):
            return Found(danger.route, hits, danger.says)
        if kind := small_talk(text):
            return Found("small_talk", hits, (Line(f"ask.{kind}"),))
        if _only_shifts(text):  # "and in Germany?" alone says too little to be answered, or even to suggest
            return Found("unknown", hits)
        if ranking.sure >= ANSWER:
            return Found("answer", hits)
        return Found("suggest" if ranking.sure >= SUGGEST else "unknown", hits)

    def known(self, text: str, lang: str, today: date) -> bool:
        """Whether a text that answers another question is so surely a question that its article may be offered."""
        if len(words(text)) < _FEW or small_talk(text) or self.danger(text, lang, today):
            return False
        return self._ranked(text, lang, today).sure >= KNOWN and not _only_shifts(text)

    def best(self, text: str, lang: str, today: date) -> Hit | None:
        """The nearest article, however far it is; None where no word is known."""
        return next(iter(self.search(text, lang, today).hits), None)

    def _ranked(self, text: str, lang: str, today: date) -> Ranking:
        self.warm()
        assert self._search is not None  # warm made it
        typed = words(text)
        return self._search.ranked(typed, lang, self._hidden(typed, lang, today))

    def _hidden(self, typed: Sequence[str], lang: str, today: date) -> frozenset[str]:
        """What may not be found: articles too old to show (R09), and national ones where another country is asked about."""
        abroad = named(typed) - {self.hub.country}
        return frozenset(
            doc
            for doc, versions in self._versions.items()
            if not versions.best(lang).found(today)
            or (abroad and doc in self._national and not abroad & self._names[doc])
        )


def _only_shifts(text: str) -> bool:
    """Whether a text names a country and asks nothing of it ("a w Niemczech?"): the question stands in an earlier message,
    which is not kept, so no article answers it."""
    typed = words(text)
    rest = [it for it in typed if not named([it])]
    return len(rest) < len(typed) and all(len(it) < 3 or it in _SHIFTS for it in rest)


def _indexed(versions: Versions, wanted: Collection[str]) -> Sequence[Article]:
    """The versions that somebody here reads; all of them where nobody does."""
    return [it for it in versions.articles if it.lang in wanted] or versions.articles


def _countries(versions: Versions, *, rules: bool = False) -> frozenset[str]:
    """The countries that an article is about: by title and topics where `rules`, else by title and wordings."""
    texts = [text for it in versions.articles for text in (it.title, *(it.topics if rules else it.questions))]
    return named(word for text in texts for word in words(text))
