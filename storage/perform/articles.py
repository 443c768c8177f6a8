"""Articles as published, and counts of what became of questions."""

from collections.abc import Iterable

from bot.core.articles import Article, ArticleById, ArticlesOn, Count, Versions
from bot.core.hub import Today
from storage.perform.hub import today
from storage.unit import Performers, SqlUnit


def article(unit: SqlUnit, request: ArticleById) -> Article | None:
    """See ArticleById."""
    prefix = f"article/{request.id}/"
    return _best(unit, _articles(unit, (key for key in unit.entries if key.startswith(prefix))))


def articles_on(unit: SqlUnit, request: ArticlesOn) -> tuple[Article, ...]:
    """See ArticlesOn."""
    wanted, by_id = set(request.topics), dict[str, list[Article]]()
    for it in _articles(unit, (key for key in unit.entries if key.startswith("article/"))):
        if wanted & set(it.topics):
            by_id.setdefault(it.id, []).append(it)
    best = (_best(unit, versions) for versions in by_id.values())
    return tuple(sorted((it for it in best if it), key=lambda it: (it.title.casefold(), it.id)))


def count(unit: SqlUnit, request: Count) -> None:
    """See Count."""
    unit.count(request.kind, request.subject)


def _articles(unit: SqlUnit, keys: Iterable[str]) -> list[Article]:
    digests = [unit.entries[key] for key in keys]
    found = unit.world.library.all(unit.conn, unit.hub, "article", digests)
    return [found[digest] for digest in digests]


def _best(unit: SqlUnit, articles: list[Article]) -> Article | None:
    """In the person's language, else the hub's, else English; only what is not past its review for too long (R09)."""
    day = today(unit, Today())
    fresh = tuple(it for it in articles if it.found(day))
    default = unit.here.default if unit.here else ""
    return Versions(fresh[0].id, fresh).best(unit.lang, default, "en") if fresh else None


PERFORM: Performers = {ArticleById: article, ArticlesOn: articles_on, Count: count}
