"""The questions of an event file into a Form, the same that a spreadsheet would make.

One rule: `relevant`, `constraint` and names mean what they mean in XLSForm, so that a hub that outgrows the event file
moves its questions to a spreadsheet unchanged.
"""

import re

from bot.core.form.functions import wrong_calls
from bot.core.form.model import Choices, Expression, Field, Form, Group, Item, Kind, Language, Text, Words
from bot.core.form.state import circles
from bot.core.form.xpath import ParseError, paths_used
from bot.core.message import Texts
from bot.packs.table import Table

KEYS = (
    "name", "type", "label", "hint", "required", "relevant", "constraint", "constraint_message", "choices",
    "choice_labels", "purpose",
)  # fmt: skip
TYPES = {
    "text": (Kind.TEXT, "string"),
    "integer": (Kind.INTEGER, "int"),
    "decimal": (Kind.DECIMAL, "decimal"),
    "date": (Kind.DATE, "date"),
    "select_one": (Kind.ONE, "string"),
    "select_multiple": (Kind.MANY, "string"),
}
NEEDS = "special-needs"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")  # as in XLSForm
CHOICE = re.compile(r"\S{1,64}")
REFERENCE = re.compile(r"\$\{([^}]*)\}")
ROOT = "/data"
MOST = 30  # questions: more than anybody answers to get a seat
# R82: what says something about health needs a consent of its own; asked by the beginnings of words in en, pl, pt, uk.
HEALTH = re.compile(
    r"\b(?:special.needs|diet|allerg|wheelchair|sign.language|health|disab|alerg|wózk|migow|zdrow|niepełnospr|gestual"
    r"|saúde|cadeira.de.rodas|deficiên|дієт|алерг|жестов|здоров|інвалід)",
    re.IGNORECASE,
)
LONGEST_RULE = 500  # characters, as in forms


def build(top: Table, name: str) -> tuple[Form | None, tuple[str, ...]]:
    """The form of an event's [[questions]], and the names of those that need their own consent. None: no questions.

    What is wrong is reported; the form is then of no use.
    """
    tables = top.tables("questions", KEYS)
    if len(tables) > MOST:
        top.wrong("questions", f"{len(tables)} questions; {MOST} at most")
    names: list[str] = []
    for table in tables:
        given = table.text("name", "letters, digits and _, a letter first", shape=NAME, required=True)
        if given and given in names:
            table.wrong("name", f"{given} stands here twice: each question has a name of its own")
        names.append(given)
    fields = [_field(table, names) for table in tables]
    if not fields:
        return None, ()
    lists = [(table.text("name", ""), _items(table)) for table in tables if table.has("choices")]
    languages = tuple(Language(lang, lang) for lang in dict.fromkeys(lang for it in fields for lang, _ in it.label))
    form = Form(name, "", "", languages, Group(ROOT, tuple(fields)), tuple(lists))
    for circle in circles(form):
        top.wrong(
            "questions", f"these questions wait for each other: {', '.join(it[len(ROOT) + 1 :] for it in circle)}"
        )
    return form, tuple(name for name, table in zip(names, tables, strict=True) if _purpose(table) == NEEDS)


def _field(table: Table, names: list[str]) -> Field:
    kind, data_type = TYPES[table.one_of("type", tuple(TYPES), "") or "text"]
    name = table.text("name", "", shape=None) if isinstance(table.data.get("name"), str) else ""
    choosing = kind in (Kind.ONE, Kind.MANY)
    if choosing != table.has("choices"):
        table.wrong(
            "choices",
            "a list of names for the choices" if choosing else "only select_one and select_multiple have choices",
        )
    required = table.flag("required")
    if required and _purpose(table) == NEEDS:
        table.wrong("required", "a question about needs is optional: it says something about health (GDPR Art. 9)")
    label = table.texts("label", "the question", longest=600)
    if _purpose(table) != NEEDS and any(HEALTH.search(text) for text in (name, *(it for _, it in label.pairs))):
        text = f'says something about health, it seems: write purpose = "{NEEDS}" (GDPR Art. 9, R82)'
        table.wrong("name", text, warning=True)
    return Field(
        path=f"{ROOT}/{name}",
        kind=kind,
        data_type=data_type,
        label=_words(label),
        hint=_words(table.texts("hint", "a hint", required=False, longest=300)),
        relevant=_rule(table, "relevant", names),
        required=Expression.of("true()") if required else None,
        constraint=_rule(table, "constraint", names),
        constraint_message=_words(table.texts("constraint_message", "what to say", required=False, longest=300)),
        choices=_choices(name) if choosing else None,
    )


def _purpose(table: Table) -> str:
    if not table.has("purpose"):
        return ""
    return NEEDS if table.data["purpose"] == NEEDS else table.one_of("purpose", (NEEDS,))


def _words(texts: Texts) -> Words:
    return tuple((lang, Text((text,))) for lang, text in texts.pairs)


def _choices(name: str) -> Choices:
    nodes = Expression.of(f"instance('{name}')/root/item") if NAME.fullmatch(name) else Expression.of("''")
    return Choices(nodes, Expression.of("name"), Expression.of("label"))


def _rule(table: Table, key: str, names: list[str]) -> Expression | None:
    """An expression; ${name} is the answer to another question of the event."""
    source = table.text(key, "an expression, such as ${diet} = 'other'")
    if not source:
        return None
    if len(source) > LONGEST_RULE:
        table.wrong(key, f"{len(source)} characters, {LONGEST_RULE} at most")
        return None
    if unknown := [name for name in REFERENCE.findall(source) if name.strip() not in names]:
        table.wrong(key, f"there is no question {unknown[0]!r}; there are: {', '.join(filter(None, names))}")
        return None
    try:
        rule = Expression.of(REFERENCE.sub(lambda it: f"{ROOT}/{it[1].strip()}", source))
    except ParseError as error:
        table.wrong(key, f"cannot be read: {error}; write an expression such as ${{diet}} = 'other'")
        return None
    if wrong := wrong_calls(rule.tree):
        table.wrong(key, f"{wrong[0]}: see the functions of XLSForm")
    known = {f"{ROOT}/{name}" for name in names}
    if key == "relevant" and (stray := [path for path in paths_used(rule.tree, ROOT) if path not in known]):
        table.wrong(key, f"{stray[0].rpartition('/')[2]!r} is no question: write ${{name}}")
    return rule


def _items(table: Table) -> tuple[Item, ...]:
    names = table.list_of("choices", "names of choices, without blanks", shape=CHOICE)
    for number, name in enumerate(names):
        if name in names[:number]:
            table.wrong("choices", f"{name} stands here twice: keep one")
    labels = _labels(table, len(names))
    return tuple(
        Item((("name", name),), tuple((lang, Text((texts[number],))) for lang, texts in labels.items()))
        for number, name in enumerate(names)
    )


def _labels(table: Table, count: int) -> dict[str, tuple[str, ...]]:
    """[questions.choice_labels]: per language a list as long as the choices."""
    if not table.has("choice_labels"):
        table.need("choice_labels", "[questions.choice_labels] with a list of words per language")
        return {}
    data = table.data["choice_labels"]
    inner = table.table("choice_labels", tuple(data) if isinstance(data, dict) else ())
    found = {}
    for lang in inner.known:
        words = inner.list_of(lang, "words for the choices")
        if len(words) != count:
            inner.wrong(lang, f"{len(words)} labels for {count} choices: one for each, in the same order")
        elif table.shared or lang in table.languages:
            found[lang] = words
    if not table.shared:
        for lang in table.languages:
            if lang not in inner.known:
                inner.wrong(lang, "missing: words for the choices in this language", warning=lang != table.languages[0])
    order = dict.fromkeys((*table.languages, "en", *found))
    return {lang: found[lang] for lang in order if lang in found}
