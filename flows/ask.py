"""A question to the hub: a reviewed answer with its source, the nearest titles, or an honest "I do not know"."""

from dataclasses import replace

from bot.core.articles import Article, ArticleById, ArticlesOn, Count, Found, Search
from bot.core.flow import Do, Fetch, Say
from bot.core.hub import ThisHub, Today
from bot.core.message import Button, Line, Link, Month, Start, Texts
from bot.core.respond import Listed, Unfinished
from flows.paging import Page
from flows.welcome import MENU, TO_MENU

FIRST_PART = 600  # characters of an answer before [More]: one screen of a small phone
TOPICS = {"screening": ("screening", "prevention"), "hub": ("hubs", "mission", "echos", "plan", "participation")}
GREETED = Line("ask.greeting")
LINES = tuple(f"topic.{name}" for name in TOPICS)


async def ask(text: str) -> None:
    """Look for the answer. What was asked is looked at and forgotten; only the number of answers is counted."""
    found = await Fetch(Search(text))
    match found.route:
        case "small_talk":
            for line in found.says:
                await Say(line, *(MENU if line == GREETED else (TO_MENU,)))
        case "answer":
            await _answer(found)
        case "suggest":
            titles = await _titles(found)
            await Say(Line("ask.did-you-mean"), *titles, Button(Line("ask.none-of-these"), Start("human")))
            await Do(Count("suggested"))
        case "unknown":
            await _unknown(found)
        case _:
            for line in found.says:
                await Say(line)


async def _answer(found: Found) -> None:
    article = await Fetch(ArticleById(found.hits[0].id))
    if article is None:
        await _unknown(found)
        return
    waits = any(frame.open for frame in await Fetch(Unfinished()))
    await tell(article)
    if not waits:
        await Say(
            Line("ask.useful"),
            Button(Line("ask.useful-yes"), Start("useful", (article.id, "yes"))),
            Button(Line("ask.useful-no"), Start("useful", (article.id, "no"))),
        )
    await Do(Count("answered", article.id))


async def _unknown(found: Found) -> None:
    """Nothing found: said first, then the way to a person, the nearest titles, and the numbers for whoever is in danger.

    Said in other words each time in a row, with one more way on: what stands under the last message tells how it was said.
    """
    hub, under = await Fetch(ThisHub()), await Fetch(Listed())
    titles = await _titles(replace(found, hits=tuple(hit for hit in found.hits if hit.score)))
    asked = Button(Line("ask.the-hub"), Start("human"))
    if under[:1] != (asked.act,):  # it stands first here, and hardly elsewhere
        await Say(Line("ask.unknown"), asked)
    elif TO_MENU.act not in under:
        await Say(Line("ask.unknown-again"), asked, TO_MENU)
    else:
        await Say(Line("ask.unknown-still"), asked, Button(Line("menu.helplines"), Start("helplines")))
    await Say(Line("ask.in-danger", number=hub.emergency))
    if titles:
        await Say(Line("ask.nearest"), *titles)
    await Do(Count("unknown"))


async def _titles(found: Found) -> tuple[Button, ...]:
    # Three look-ups at most, and no question follows them: the rule against Fetch in a loop guards conversations.
    articles = [await Fetch(ArticleById(hit.id)) for hit in found.hits[:3]]
    return tuple(_button(article) for article in articles if article)


def _button(article: Article) -> Button:
    return Button(Line("article.title", title=Texts(((article.lang, article.title),))), Start("article", (article.id,)))


async def article(id: str, part: str = "first") -> None:
    """One article, opened by its title or by [More]."""
    found = await Fetch(ArticleById(id))
    if found is None:
        await Say(Line("article.gone"), TO_MENU)
        return
    await tell(found, part)


async def tell(article: Article, part: str = "first") -> None:
    """The answer first, then where it comes from, when it was last reviewed and by whom, and what is not yet as it should be."""
    today = await Fetch(Today())
    first, rest = split(article.body)
    for paragraph in first if part == "first" else rest:
        await Say(Line("article.paragraph", text=Texts(((article.lang, paragraph),))))
    if part == "first" and rest:
        await Say(Line("article.continues"), Button(Line("core.more"), Start("article", (article.id, "rest"))))
    if article.sources:
        source = article.sources[0]
        await Say(Line("article.source", source=Link(source.url, source.title)))
    await Say(Line("article.reviewed", month=Month(article.reviewed), by=article.review_by))
    if today > article.due:
        await Say(Line("article.overdue"))
    if article.translation.startswith("machine"):
        await Say(Line("article.machine"))
    elif article.status:
        await Say(Line("article.draft"))


def split(body: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paragraphs of the first screen, and those behind [More]. A paragraph is never cut, and a short rest stays."""
    paragraphs = tuple(part.strip() for part in body.split("\n\n") if part.strip())
    length, n = 0, 0
    for n, paragraph in enumerate(paragraphs, 1):  # noqa: B007  # n is where it stopped
        length += len(paragraph)
        if length >= FIRST_PART:
            break
    rest = paragraphs[n:]
    return (paragraphs, ()) if sum(map(len, rest)) < FIRST_PART // 3 else (paragraphs[:n], rest)


async def topic(name: str, first: int = 0) -> None:
    """The titles on one topic, by pages."""
    articles = await Fetch(ArticlesOn(TOPICS.get(name, (name,))))
    if not articles:
        await Say(Line("topic.empty"), TO_MENU)
        return
    page = Page.of(articles, first)
    buttons = (*map(_button, page.items), *page.turns("topic", name))
    title = Line(f"topic.{name}") if name in TOPICS else Line("topic.other")
    await Say(Line("topic.page", topic=title, first=page.first + 1, last=page.last, count=page.count), *buttons)


async def useful(id: str, answer: str) -> None:
    """Whether an answer helped. A number for the hub; no name beside it."""
    yes = answer == "yes"
    await Do(Count("useful" if yes else "not_useful", id))
    if yes:
        await Say(Line("ask.glad"))
    else:
        await Say(Line("ask.not-useful"), Button(Line("ask.the-hub"), Start("human")), TO_MENU)
