"""articles/<lang>/<id>.md into an Article: front matter between two lines of ---, then Markdown.

One rule: an article is whole or it is not there; a broken one harms no other.
"""

import re
from datetime import date
from pathlib import Path

from bot.core.articles import Article, Source
from bot.packs import files, wording
from bot.packs.known import HTTPS, ID
from bot.packs.problems import Document, Report
from bot.packs.table import UNSEEN, Table

KEYS = (
    "title", "questions", "topics", "sources", "reviewed", "review_by", "review_every_days", "translation", "status",
)  # fmt: skip
SOURCE = ("title", "url")
SCREEN = 1600  # characters: more than one screen of a phone
LONGEST = 12_000  # characters: three messages
LONGEST_TITLE = 200  # characters: it is the name of a button, too
MOST_QUESTIONS = 40
HTTP = re.compile(r"https?://[^\s/?#@:]+\.[^\s/?#@:]+(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
REVIEWED = re.compile(r"machine\b.*|reviewed by .+ on \d{4}-\d\d-\d\d")


def read(path: Path, name: str, lang: str, report: Report, numbers: frozenset[str]) -> Article | None:
    """The article in a file, None where it has errors. `numbers`: the digits of the hub's lines, refused in texts."""
    before = report.errors
    text = files.read(path, report)
    if text is None:
        return None
    split = _split(path, text, report)
    if split is None:
        return None
    head, body, line = split
    document = files.read_yaml(path, head, report, first=2)
    if document is None:
        return None
    article = _article(document, name, lang, body.strip(), report)
    _body(path, body, line, report, numbers)
    # Wordings are never shown: somebody may well type a number to ask what it is.
    for _, number in wording.phones(article.title, numbers):
        report.at(document, ("title",), phone(number))
    for key, words in (("title", article.title), ("status", article.status)):
        if link := wording.SCHEME.search(words):
            report.at(document, (key,), wording.not_allowed(link[0]))
    return article if report.errors == before else None


def _split(path: Path, text: str, report: Report) -> tuple[str, str, int] | None:
    """Front matter, body, and the line on which the body begins."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != "---":
        report.whole(path, "expected --- as the first line, then title, questions, sources, reviewed, then --- again")
        return None
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    report.whole(path, "the front matter has no end: write --- on a line of its own before the text")
    return None


def _article(document: Document, name: str, lang: str, body: str, report: Report) -> Article:
    table = Table(document, (), document.data, KEYS, report)
    table.unknown()
    questions = table.list_of("questions", "wordings, as people type them")
    if not questions and not document.data.get("questions"):
        table.need("questions", "a list of wordings as people type them; without one the article is hardly found")
    if len(questions) > MOST_QUESTIONS:
        table.wrong("questions", f"{len(questions)} wordings; {MOST_QUESTIONS} at most")
    reviewed = table.day("reviewed")
    if not table.has("reviewed"):
        table.need("reviewed", "the day on which a person last checked the text, such as 2026-11-24")
    translation = table.text("translation", "how the text was translated")
    if translation and not REVIEWED.fullmatch(translation):
        table.wrong("translation", 'expected "machine, unreviewed" or "reviewed by ROLE on 2026-11-24"', warning=True)
    return Article(
        id=name,
        lang=lang,
        title=table.text("title", "a title", required=True, longest=LONGEST_TITLE),
        body=body,
        questions=questions,
        topics=table.list_of("topics", "small letters, digits, - and _", shape=ID),
        sources=_sources(table),
        reviewed=reviewed or date(1970, 1, 1),
        review_every_days=table.whole("review_every_days", 365, 1, 3650, "days until the next review"),
        review_by=table.text("review_by", "the role that reviews the text"),
        translation=translation,
        status=table.text("status", "a remark that people are shown"),
    )


def _sources(table: Table) -> tuple[Source, ...]:
    found = []
    for source in table.tables("sources", SOURCE):
        title, url = source.text("title", "the name of the source", required=True), _url(source)
        found.append(Source(title, url))
    if not found and not table.document.data.get("sources"):
        table.need("sources", "a list of title and url: every answer shows where it comes from (R93)")
    return tuple(found)


def _url(source: Table) -> str:
    url = source.text("url", "an address that begins with https://", shape=HTTP, required=True)
    if url and not HTTPS.fullmatch(url):
        source.wrong("url", "an address without https: look whether the page has one", warning=True)
    return url


def _body(path: Path, body: str, first: int, report: Report, numbers: frozenset[str]) -> None:
    if not body.strip():
        report.whole(path, "the article has no text below the front matter", line=first)
    if len(body) > LONGEST:
        report.whole(path, f"{len(body)} characters; {LONGEST} at most: make two articles of it", line=first)
    elif len(body) > SCREEN:
        report.whole(path, f"{len(body)} characters, more than one screen ({SCREEN})", line=first, warning=True)
    for line, number in wording.phones(body, numbers):
        report.whole(path, phone(number), line=first + line)
    for line, url, warning in wording.links(body):
        text = f"the link {url} is not https" if warning else wording.not_allowed(url)
        report.whole(path, text, line=first + line, warning=warning)
    for line, words in enumerate(body.split("\n")):
        if "![" in words or wording.MARKUP.search(words):
            report.whole(
                path, "pictures and HTML are not shown in a chat: say it in words", line=first + line, warning=True
            )
        if UNSEEN.search(words.rstrip("\r")):
            report.whole(path, "a character that cannot be seen: take it out", line=first + line)


def phone(number: str) -> str:
    """What is said of a number in a text."""
    return (
        f"{number!r} looks like a phone number: numbers stand in hub.toml only, write the word for helplines instead"
        " (a large number: with a word, as in 2.7 million)"
    )
