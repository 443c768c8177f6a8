"""The bot's own words: one gettext .po file a language, read at start. No .mo, nothing to compile.

One rule: a person never reads a line's id. A line that a language lacks, or has unsure or with other gaps than English,
comes from the hub's default language, else from English.
"""

import gettext
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

HERE = Path(__file__).resolve().parent
SOURCE = "en"  # the language in which lines are written first; its file is the list of ids
MOST_CLASSES = 6  # of a plural rule: Arabic's, and no language has more
_CLASSES = re.compile(rb"nplurals *= *(\d+)")
_TRIED = range(201)  # numbers for which a plural rule must have a class: rules look at the last two figures
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")
GAP = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)\}")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a catalogue, where."""

    path: Path
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's lines. `lines`: id -> its forms, one, or one for each plural class; `plural`: number -> class.

    `address` is how people are addressed, `checked` who read it, `translation` how it was made, all from its header. One
    that says "machine" is told to people (R87); whoever has read it takes that line of the header away.
    """

    lang: str
    lines: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]
    address: str = ""
    checked: str = ""
    translation: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def machine(self) -> bool:
        """Whether its words come from a machine, and no person has read them."""
        return self.translation.startswith("machine")

    def text(self, id: str, count: int | None) -> str | None:
        """The line's words, in the plural class of `count`; the last class where there is no whole number. None: no line."""
        forms = self.lines.get(id)
        if not forms:
            return None
        if len(forms) == 1 or count is None:
            return forms[-1]
        return forms[min(self.plural(abs(count)), len(forms) - 1)]


@dataclass(frozen=True, slots=True)
class Catalogues:
    """Every language's catalogue."""

    by_lang: Mapping[str, Catalogue]
    problems: tuple[Problem, ...] = field(default=())

    @classmethod
    def load(cls, folder: Path = HERE) -> "Catalogues":
        """Read <lang>/LC_MESSAGES/hubbot.po below `folder`. What is wrong in a file is a problem, and no exception."""
        source = read(folder, SOURCE)
        found = {SOURCE: source}
        for path in sorted(folder.glob("*/LC_MESSAGES/hubbot.po")):
            lang = path.parent.parent.name
            if lang != SOURCE:
                found[lang] = read(folder, lang, source)
        return cls(found, tuple(problem for it in found.values() for problem in it.problems))

    def find(self, id: str, count: int | None, *langs: str) -> tuple[str, str] | None:
        """The language and words of a line: in the first of `langs` that has it, else in English. None: nobody has it."""
        for lang in (*langs, SOURCE):
            catalogue = self.by_lang.get(lang)
            text = catalogue.text(id, count) if catalogue else None
            if text is not None:
                return lang, text
        return None


def read(folder: Path, lang: str, source: Catalogue | None = None) -> Catalogue:
    """One language's file. Its lines that are empty, fuzzy, or differ from `source` in their gaps are left out and told."""
    path = folder / lang / "LC_MESSAGES" / "hubbot.po"
    lines: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    try:
        data = path.read_bytes()
        if any(
            int(classes) > MOST_CLASSES for classes in _CLASSES.findall(data)
        ):  # the reader would make room for each
            raise ValueError(f"more than {MOST_CLASSES} plural classes")  # noqa: TRY301  # told as every other below
        catalog = read_po(BytesIO(data), abort_invalid=True)
        plural = _rule(catalog)
    except (OSError, ValueError, LookupError, PoFileError) as error:  # not UTF-8, no such encoding, no plural rule
        return Catalogue(lang, {}, lambda _: 0, problems=(Problem(path, 1, str(error)),))
    for message in catalog:
        if not message.id:
            continue
        id = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if fault := _fault(forms, fuzzy=message.fuzzy, source=source, id=id):
            problems.append(Problem(path, message.lineno or 1, f"{id}: {fault}"))
        else:
            lines[id] = forms
    if source:
        problems += [
            Problem(path, 1, f"{id}: missing") for id in source.lines if id not in lines and not _told(id, problems)
        ]
    head = dict(re.findall(r"^#? ?(Address|Checked|Translation): *(.*)$", catalog.header_comment, re.MULTILINE))
    address, checked, translation = (head.get(name, "") for name in ("Address", "Checked", "Translation"))
    return Catalogue(lang, lines, plural, address, checked, translation, tuple(problems))


def _rule(catalog: Catalog) -> Callable[[int], int]:
    """The plural rule: number -> class. gettext takes a formula of n apart and knows no names but n, so nothing in it is
    code. ValueError where it is no such formula, or gives no class for a number, and where the file is not in UTF-8."""
    if (catalog.charset or "").lower().replace("-", "") != "utf8":
        raise ValueError("not UTF-8")
    rule = gettext.c2py(catalog.plural_expr)
    for n in _TRIED:
        try:
            fits = 0 <= rule(n) < catalog.num_plurals
        except (ArithmeticError, RecursionError):
            fits = False
        if not fits:
            raise ValueError(f"the plural rule has no class for {n}")
    return rule


def _told(id: str, problems: list[Problem]) -> bool:
    return any(problem.text.startswith(f"{id}: ") for problem in problems)


def _fault(forms: tuple[str, ...], *, fuzzy: bool, source: Catalogue | None, id: str) -> str:
    """Why a line must not be shown, or ""."""
    if fuzzy:
        return "fuzzy"
    if not forms or not all(forms):
        return "a form is empty"
    if odd := _ODD.search("".join(forms)):
        return f"the character U+{ord(odd[0]):04X}, which cannot be seen"
    if any(set(GAP.sub("", form)) & {"{", "}"} for form in forms):
        return "a brace that is no gap"
    if source is None:
        return ""
    original = source.lines.get(id)
    if original is None:
        return "English does not have it"
    if (len(forms) > 1) != (len(original) > 1):
        return "has a plural here or in English only"
    wanted = gaps(original[-1])
    for form in forms:
        if gaps(form) != wanted and gaps(form) | {"count"} != wanted:  # a form for one may spell the number out
            return f"gaps {sorted(gaps(form))}, not {sorted(wanted)}"
    return ""


def gaps(text: str) -> set[str]:
    """The names in the gaps of a line: {"event.title", "count"}."""
    return set(GAP.findall(text))
