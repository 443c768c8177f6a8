"""What can be seen to be wrong with an XLSForm in its rows, and in the form made of them.

One rule: every finding says where its author must look: sheet, row, column.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.core.form.functions import wrong_calls
from bot.core.form.model import Expression, Form, Group, Part
from bot.core.form.state import circles
from bot.core.form.xpath import Call, Literal, paths_used, walk
from bot.forms.patterns import wrong as wrong_pattern
from bot.forms.workbook import Book, Problem, Row, Sheet

MAX_QUESTIONS: Final = 600  # the largest public form met has 485
MAX_CHOICES: Final = 2_000  # of one list; more is not a list but a register
MAX_EXPRESSION: Final = 500  # characters, blanks folded, as the author wrote it; the longest public one has 498

_ALIASES: Final = {
    "caption": "label",
    "relevance": "relevant",
    "calculate": "calculation",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "readonly": "read_only",
    "constraining_message": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "requiredmsg": "required_message",
    "command": "type",
    "tag": "name",
    "value": "name",
    "list name": "list_name",
    "bind:relevant": "relevant",
    "bind:constraint": "constraint",
    "bind:calculate": "calculation",
}
_SELECT = re.compile(
    r"(?:add )?(select[_ ]one|select[_ ]multiple|select1|select all that apply|rank)"
    r"(?: (?:prompt )?(?:from|using))?\s+(?P<list>\S+)(?:\s+or[_ ](?:specify[_ ])?other)?",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}\s]+)\s*\}")
_BEGIN = re.compile(r"begin[_ ]+(group|repeat|loop)\b.*", re.IGNORECASE)
_END = re.compile(r"end[_ ]+(group|repeat|loop)\b.*", re.IGNORECASE)
_FILE = re.compile(r"\.(csv|xml|geojson)$", re.IGNORECASE)
_RULES: Final = (
    "relevant",
    "constraint",
    "calculation",
    "required",
    "choice_filter",
    "repeat_count",
    "default",
    "read_only",
)


def base(header: str) -> str:
    """What a column is for, whatever the spelling and the language: "Label :: Polski (pl)" is "label"."""
    name = header.partition("::")[0].strip().lower()
    name = name if name in _ALIASES else "_".join(name.split())
    return _ALIASES.get(name, name)


def language(header: str) -> str:
    """The language of a column, "" where it names none."""
    return header.partition("::")[2].strip() if "::" in header else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the survey sheet that stands for a question or group: its name, its type, and the groups around it."""

    row: Row
    name: str
    kind: str
    above: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The survey sheet as lines, with the means to say where something stands."""

    sheet: Sheet
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, sheet: Sheet) -> "Survey":
        """The lines in order; ends of groups, comments and empty rows left out."""
        lines: list[Line] = []
        above: list[str] = []
        for row in sheet.rows:
            kind, name = cell(row, "type"), cell(row, "name")
            if _END.fullmatch(kind):
                above = above[:-1]
            elif kind and cell(row, "disabled").lower() not in ("yes", "true"):
                lines.append(Line(row, name, kind, tuple(above)))
                if _BEGIN.fullmatch(kind):
                    above.append(name)
        return cls(sheet, tuple(lines))

    def problem(self, row: int, column: str, text: str, *, warning: bool = False) -> Problem:
        """A problem in the column for `column`, in whatever words its header says that."""
        return Problem(self.sheet.name, row, self.column(column), text, warning)

    def column(self, wanted: str) -> str:
        """A column as people find it: "L (relevant)"; the bare word where the sheet has none."""
        for header, letters in self.sheet.columns.items():
            if wanted in (header, base(header)):
                return f"{letters} ({header})"
        return wanted

    def row_of(self, path: str) -> int:
        """The row that a path of the form came from; that of the group around it where a row made several nodes."""
        steps = path.split("/")[2:]
        while steps:
            for line in self.lines:
                if line.name == steps[-1] and (*line.above, line.name) == tuple(steps):
                    return line.row.number
            made = steps[-1].removesuffix("_other").removesuffix("_count")
            steps = [*steps[:-1], made] if made != steps[-1] else steps[:-1]
        return 1


def cell(row: Row, wanted: str) -> str:
    """The first cell of a row in a column that is for `wanted`, in any language; "" where there is none."""
    if wanted in row.cells:
        return row.cells[wanted]
    return next((text for header, text in row.cells.items() if base(header) == wanted), "")


# --- in the rows -----------------------------------------------------------------------------------------------------


def rows(book: Book) -> tuple[Problem, ...]:
    """What the rows alone show. Where this finds errors the form is not even tried."""
    sheet = book.sheet("survey")
    if sheet is None:
        return (Problem("", 0, "", 'has no sheet "survey": is it an XLSForm?'),)
    columns = {base(header) for header in sheet.columns}
    if "type" not in columns:
        return (Problem(sheet.name, 1, "type", "the survey sheet has no column type"),)
    survey = Survey.of(sheet)
    choices = book.sheet("choices") if len(book.sheets) > 1 else None
    found = [*_names(survey), *_references(survey), *_lists(survey, choices), *_lengths(survey)]
    return (*found, *_languages(survey, choices), *_crowds(choices))


def _names(survey: Survey) -> Iterator[Problem]:
    seen: dict[tuple[tuple[str, ...], str], int] = {}
    for line in survey.lines:
        key = (line.above, line.name)
        if line.name and key in seen:
            text = f"the name {line.name} stands there twice: also in row {seen[key]}"
            yield survey.problem(line.row.number, "name", text)
        seen.setdefault(key, line.row.number)


def _references(survey: Survey) -> Iterator[Problem]:
    """Names in ${}: of questions that do not exist, and of questions that come later than what they decide."""
    first: dict[str, int] = {}
    for line in survey.lines:
        first.setdefault(line.name, line.row.number)
    for line in survey.lines:
        for header, text in line.row.cells.items():
            for name in dict.fromkeys(_REFERENCE.findall(text)):
                if name not in first:
                    yield survey.problem(line.row.number, header, f"there is no question named {name}")
                elif base(header) in ("relevant", "repeat_count") and first[name] > line.row.number:
                    later = f"{base(header)} looks forward to {name}, which is asked later, in row {first[name]}"
                    yield survey.problem(line.row.number, header, later, warning=True)


def _lists(survey: Survey, choices: Sheet | None) -> Iterator[Problem]:
    have = {cell(row, "list_name") for row in choices.rows} if choices else set()
    for line in survey.lines:
        hit = _SELECT.fullmatch(line.kind.strip())
        name = hit["list"] if hit else ""
        if name and not name.startswith("${") and not _FILE.search(name) and name not in have:
            yield survey.problem(line.row.number, "type", f"there is no list of choices named {name}")


def _lengths(survey: Survey) -> Iterator[Problem]:
    for line in survey.lines:
        for header, text in line.row.cells.items():
            if base(header) in _RULES and len(" ".join(text.split())) > MAX_EXPRESSION:
                yield survey.problem(
                    line.row.number, header, f"the expression has more than {MAX_EXPRESSION} characters"
                )


def _languages(survey: Survey, choices: Sheet | None) -> Iterator[Problem]:
    """Languages without any label, and labels missing in one language while another has them."""
    for sheet in filter(None, (survey.sheet, choices)):
        labels = [header for header in sheet.columns if base(header) == "label"]
        worded = [row for row in sheet.rows if any(header in row.cells for header in labels)]
        for header in labels if len(labels) > 1 else []:
            without = [row for row in worded if header not in row.cells]
            place = f"{sheet.columns[header]} ({header})"
            if not without:
                continue
            if len(without) == len(worded):
                text = f"the language {language(header) or 'without a name'} has no labels"
                yield Problem(sheet.name, without[0].number, place, text, warning=True)
            else:
                text = (
                    f"{len(without)} labels are missing in this language, the first one here: shown in another language"
                )
                yield Problem(sheet.name, without[0].number, place, text, warning=True)


def _crowds(choices: Sheet | None) -> Iterator[Problem]:
    counted = Counter(cell(row, "list_name") for row in choices.rows) if choices else Counter[str]()
    for name, count in counted.items():
        if choices and name and count > MAX_CHOICES:
            first = next(row.number for row in choices.rows if cell(row, "list_name") == name)
            yield Problem(choices.name, first, "list_name", f"the list {name} has more than {MAX_CHOICES} choices")


# --- in the form -----------------------------------------------------------------------------------------------------


def form(made: Form, survey: Survey) -> tuple[Problem, ...]:
    """What is wrong with the form that was made of the rows."""
    parts = {part.path: part for part in made.parts()}
    found = [*_sizes(made, survey)]
    for path, part in parts.items():
        for column, rule in expressions(part):
            found += [survey.problem(survey.row_of(path), column, text) for text in _wrong(rule, path, parts, made)]
    for circle in circles(made):
        names = " needs ".join(path.rpartition("/")[2] for path in (*circle, circle[0]))
        column = "relevant" if parts[circle[0]].relevant is not None else "calculation"
        found.append(survey.problem(survey.row_of(circle[0]), column, f"this goes round in a circle: {names}"))
    reasons = made.unsupported()
    for reason in reasons:
        text = f"a chat cannot ask this yet ({reason.kind}): the form will not be offered"
        found.append(survey.problem(survey.row_of(reason.path), "type", text, warning=True))
    return tuple(dict.fromkeys(found))


def _sizes(made: Form, survey: Survey) -> Iterator[Problem]:
    count = len(made.questions)
    if not count:
        yield survey.problem(1, "type", "the form has no questions")
    if count > MAX_QUESTIONS:
        yield survey.problem(1, "type", f"the form has {count} questions, more than {MAX_QUESTIONS}")


def expressions(part: Part) -> Iterator[tuple[str, Expression]]:
    """Every expression of a part, with the column that it stands in."""
    if isinstance(part, Group):
        named = [("relevant", part.relevant), ("repeat_count", part.count)]
        words = [("label", part.label)]
    else:
        named = [
            ("relevant", part.relevant),
            ("constraint", part.constraint),
            ("calculation", part.calculate),
            ("required", part.required),
            ("read_only", part.readonly),
            ("choice_filter", part.choices.nodes if part.choices else None),
        ]
        words = [
            ("label", part.label),
            ("hint", part.hint),
            ("constraint_message", part.constraint_message),
            ("required_message", part.required_message),
        ]
    yield from ((column, rule) for column, rule in named if rule is not None)
    gaps = {
        (column, gap) for column, texts in words for _, text in texts for gap in text.parts if not isinstance(gap, str)
    }
    yield from sorted(gaps, key=lambda pair: (pair[0], pair[1].source))


def _wrong(rule: Expression, path: str, parts: Mapping[str, Part], made: Form) -> Iterator[str]:
    yield from wrong_calls(rule.tree)
    lists = {name for name, _ in made.lists}
    for read in paths_used(rule.tree, path):
        if not _exists(read, parts):
            yield f"there is no question at {read}"
    for call in walk(rule.tree):
        match call:
            case Call(name="regex", args=(_, Literal(value=pattern))):
                trouble = wrong_pattern(pattern)
                if trouble:
                    yield trouble
            case Call(name="instance", args=(Literal(value=name),)) if name not in lists:
                yield f"there is no list named {name}"
            case _:
                pass


def _exists(path: str, parts: Mapping[str, Part]) -> bool:
    if path in parts or path == "":
        return True
    if path.endswith("//") or "*" in path or "//" in path:
        return True  # a wildcard may find nothing
    root = next(iter(parts))
    if path.startswith(f"{root}/meta/") or path.endswith("/null"):
        return (
            True  # what a server wants to know of a record; and the word that people write for "nothing", which it is
        )
    return path == "/" or not path.startswith(root + "/")  # "/data" itself, or a column of a list
