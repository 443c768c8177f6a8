"""What the hub knows: articles, what a search finds, and how a question is answered."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.flow import Command, Need, Query
from bot.core.message import Line, Texts

WARNED_FOR = timedelta(days=90)  # R09: an article past its review is shown with a warning this long, then not found


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from: shown with the answer as a link (R08, R93)."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Article:
    """One reviewed text in one language. `questions` are wordings that people use; `body` is Markdown paragraphs.

    `translation` and `status` are the pack's words ("machine, unreviewed"); not empty means that people are told so (R87).
    """

    id: str
    lang: str
    title: str
    body: str
    questions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    reviewed: date = date(1970, 1, 1)
    review_every_days: int = 365
    review_by: str = ""
    translation: str = ""
    status: str = ""

    @property
    def due(self) -> date:
        """The day by which it is to be reviewed again."""
        return self.reviewed + timedelta(days=self.review_every_days)

    def found(self, today: date) -> bool:
        """Whether a search may find it still (R09)."""
        return today <= self.due + WARNED_FOR


@dataclass(frozen=True, slots=True)
class Versions:
    """One article in every language that it has. A hub's own article has replaced the shared one of the same id whole, so
    that a national rule in the hub's default language goes before a shared text in the wanted language."""

    id: str
    articles: tuple[Article, ...]

    def best(self, *langs: str) -> Article:
        """The version in the first of `langs` that there is, else the first."""
        return next((it for lang in langs for it in self.articles if it.lang == lang), self.articles[0])


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that a search found, and how well: `score` from 0 to 1."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a question. `route`: answer, suggest, unknown, small_talk, red_flag, no_diagnosis, emergency, crisis.

    `hits` are the nearest three, best first, whatever the route. `says` is what small talk gets, and the safety text of the
    last four routes.
    """

    route: str
    hits: tuple[Hit, ...] = ()
    says: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Search(Need[Found]):
    """Look for the answer to a question, in the person's language."""

    text: str


@dataclass(frozen=True, slots=True)
class ArticleById(Query[Article | None]):
    """The article in the person's language, else as Versions.best decides; None where there is none, or it is too old."""

    id: str


@dataclass(frozen=True, slots=True)
class ArticlesOn(Query[tuple[Article, ...]]):
    """The articles on any of these topics, each in the person's language or the nearest, by title."""

    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count(Command[None]):
    """One more of `kind` today: answered, suggested, unknown, useful, not_useful. A number, no person, no text."""

    kind: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class KeepQuestion(Command[str]):
    """Keep a question for the hub's people; the reference ("Q-7"), or "" where this person asked too often today."""

    text: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that a person left for the hub. `state`: open, answered, closed."""

    id: str
    text: str
    state: str
    asked: date
    until: date


@dataclass(frozen=True, slots=True)
class MyQuestions(Query[tuple[OpenQuestion, ...]]):
    """The person's own questions, newest first."""


@dataclass(frozen=True, slots=True)
class WithdrawQuestion(Command[bool]):
    """Take a question back that nobody has answered; False where there is none such."""

    id: str


@dataclass(frozen=True, slots=True)
class Safety:
    """The pack's safety.yaml. Per language and key: `texts`, `patterns` on the normalised message, harmless `lookalikes`,
    and `examples`. `order` says which key wins, `route_of` which route a key takes."""

    order: tuple[str, ...]
    route_of: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, Texts], ...]
    patterns: tuple[tuple[str, str, tuple[str, ...]], ...]
    examples: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    lookalikes: tuple[tuple[str, tuple[str, ...]], ...] = ()
