"""How the bot's words read: what a machine can see of it. Whether a text is kind and true, a person must read.

The lists of wrong words are lists: they grow when a reader finds another. A hub's own texts are checked with its pack.
"""

import re

import pytest

from locales.catalogue import GAP, Catalogues
from locales.words import Words

FULL = ("en", "pl", "pt", "uk")
CATALOGUES = Catalogues.load().by_lang
# R94: a number other than 112 comes from a hub's pack alone, never out of a catalogue; nor does 112.
PHONE = re.compile(
    r"(?<![\w/.,-])(?:\+\d{1,3}[ -]?\d[\d -]*|0\d{2,3}[ -]\d[\d -]*|\d(?:[ -]?\d){6,}|116[ ]?\d{3}|112)(?!\w)"
)
EVERYWHERE = {
    "an exclamation mark": r"!",
    "an emoji": r"[\U0001F300-\U0001FAFF\u2600-\u27BF]",
    "left over": r"\b(?-i:TODO|TBD|FIXME)\b|lorem ipsum",
    "a stray blank": r" {2}| [,.;:?]|\( | \)|^ | $|\t",
    "a full stop right after a gap": r"(?<!\{n)\}\.(?!\w)",
    "a gap with an ending, or without its blank": r"\w\{|\}\w",
    "a slash, bracket, star or dot within a word": r"\w/\w|\w\(\w|\w\*\w|\w[·•]\w",
    "Easy-to-Read is a mark for texts that people with learning disabilities have checked (R89)": r"easy[- ]to[- ]read",
}
WRONG = {
    "en": {
        "frightening or martial": r"\b(victim|sufferer|suffers? from|battl\w+|fight(ing)? cancer|lost (his|her|their) (fight|battle)|terminal|deadly|killer)\b",
        "office language": r"\b(hereby|pursuant|herein|utili[sz]e|in order to|prior to|commence|terminate|kindly|please be advised|leverage|invalid)\b",
        "American": r"\b(color|center|organiz\w+|canceled|program(?=me)|enrollment|inquir\w+)\b",
    },
    "pl": {
        "gender-marked or wrong form of address": r"\w+(łeś|łaś|łbyś|łabyś)\b|\bpowin(ieneś|naś)\b|\b(Pan|Pani|Państwo)\b|\b(gotow[ya]|zainteresowan[ya]|zapisan[ya]) jesteś|\bjesteś (gotow[ya]|zapisan[ya])",
        "office language": r"\b(niniejszy\w*|w celu|w przypadku wystąpienia|dokonać|dokonuje|celem|ww\.|tzw\.|zobowiązan\w+)\b",
        "frightening or martial": r"\b(ofiar\w+ raka|walcz\w* z chorobą|przegra\w+ walkę|śmierteln(a|y|ej) chorob\w*)\b",
        "small letter in address": r"\b(?-i:ci|ciebie|tobie|tobą|twój|twoja|twoje|twojego|twojej|twoich|twoim|twoimi)\b",
    },
    "pt": {
        "Brazilian": r"\b(voc[êe]s?|câncer|usuári\w+|celular|ônibus|registro|contato|contatar|planej\w+|gerenci\w+|econômic\w+|gênero|controle|equipe|rastreamento|pesquisa de opinião|cadastr\w+|deletar|acessar|tela|salvar|arquivo)\b",
        "gender-marked": r"\b(obrigad[oa]|inscrit[oa]|registad[oa] (no|na)|(contactá|ajudá|informá|avisá)-l[oa]s?|[Cc]aro senhor|prezad\w+|bem-vind[oa])\b|\w\((a|as|o|os)\)",
        "office language": r"\b(no sentido de|no âmbito de|proceder a|efetuar|supracitad\w+|outrossim)\b",
        "frightening or martial": r"\b(vítimas? d[eo] cancro|perdeu a (luta|batalha)|doença mortal)\b",
    },
    "uk": {
        "Russianism": r"\b(прийма\w+ участь|на протязі|слідуюч\w*|являється|получ\w+|міроприємств\w*|співпада\w*|дякуючи|по крайній мірі|любий з|самий (кращий|важливий)|вірно|відноситься до|в якості|більш детально|пара годин|приймати до уваги|учбов\w*|протирічч\w*)\b",
        "a Russian letter": r"[ыэъё]",
        "gender-marked": r"\w\(-?(ла|а|ий|ова)\)|\b(записав|зробив|хотів|готовий|впевнений|зареєстрован(ий|а)) (ви|Ви)\b|\bви (готов|зареєстрован)(ий|а)\b",
        "capital in address": r"(?<![.?:;\n«] )(?<!^)\b(?-i:Ви|Вас|Вам|Вами|Ваш\w*)\b",
        "frightening or martial": r"\b(жертв\w* раку|програ\w+ боротьбу|смертельн\w* хвороб\w*)\b",
        "an asterisk for an apostrophe": r"\w\*\w",
    },
}  # fmt: skip
# The quotation marks of each language, and those that are wrong in it.
QUOTES = {
    "en": (r'"([^"]+)"', "„«»"),
    "pl": (r"„([^”]+)”", '"«»“'),
    "pt": (r"«([^»]+)»", '"„“”'),
    "uk": (r"«([^»]+)»", '"„“”'),
}
PLAIN = ("consent.", "privacy.", "welcome.", "menu.", "erase.", "mydata.")


def texts(lang: str) -> list[tuple[str, str]]:
    return [(id, form) for id, forms in CATALOGUES[lang].lines.items() for form in forms]


@pytest.mark.parametrize("lang", FULL)
def test_no_wrong_word(lang: str) -> None:
    found = [
        f"{id}: {what}: {match[0]!r}"
        for id, text in texts(lang)
        for what, rule in (EVERYWHERE | WRONG[lang]).items()
        if (match := re.search(rule, text, re.IGNORECASE | re.MULTILINE))
    ]
    assert found == []


@pytest.mark.parametrize("lang", FULL)
def test_r94_no_number_to_call(lang: str) -> None:
    assert [f"{id}: {match[0]}" for id, text in texts(lang) if (match := PHONE.search(text))] == []


@pytest.mark.parametrize("lang", FULL)
def test_the_quotation_marks_of_the_language(lang: str) -> None:
    quoted, wrong = QUOTES[lang]
    assert [id for id, text in texts(lang) if {*wrong} & {*re.sub(quoted, "", text)}] == []
    assert any(re.search(quoted, text) for _, text in texts(lang))


@pytest.mark.parametrize("lang", FULL)
def test_r95_what_stands_in_quotation_marks_is_understood_when_typed(lang: str) -> None:
    words = Words.load()
    names = {"uk": {"Рак"}}.get(lang, set())  # the mission's own name
    for id, text in texts(lang):
        for word in re.findall(QUOTES[lang][0], text):
            understood = words.command(word, lang) or words.yes_or_no(word, lang) is not None
            assert understood or word in names, f"{id}: {word}"


@pytest.mark.parametrize("lang", FULL)
def test_no_brace_is_left_over(lang: str) -> None:
    assert [id for id, text in texts(lang) if {*"{}"} & {*GAP.sub("", text)}] == []


@pytest.mark.parametrize("lang", FULL)
def test_r88_sentences_have_20_words_at_most_on_average(lang: str) -> None:
    """In whatever must be understood before somebody agrees; and no single sentence above 32 anywhere."""
    long = []
    for id, text in texts(lang):
        counts = [len(re.findall(r"\w[\w'’.-]*", it)) for it in sentences(GAP.sub("X", text))] or [0]
        if max(counts) > 32 or (id.startswith(PLAIN) and sum(counts) / len(counts) > 20):
            long.append(f"{id}: {max(counts)} words")
    assert long == []


def sentences(text: str) -> list[str]:
    return [it for it in re.split(r"(?<=[.?:;])\s+|\n+", text) if re.search(r"\w", it)]


@pytest.mark.parametrize("lang", FULL)
def test_r88_no_abbreviation_goes_unexplained(lang: str) -> None:
    """Capitals of three letters and more; the law on data protection is known by its short name, and its articles follow."""
    known = {"GDPR", "RODO", "RGPD"}
    found = {f"{id}: {word}" for id, text in texts(lang) for word in re.findall(r"\b[A-ZĄ-ŻА-ЯЄІЇҐ]{3,}\b", text)}
    assert [it for it in sorted(found) if it.partition(": ")[2] not in known] == []


@pytest.mark.parametrize("lang", ["pl", "pt", "uk"])
def test_nothing_was_left_in_english(lang: str) -> None:
    """A line of several words that reads like the English one was forgotten."""
    english = CATALOGUES["en"].lines
    assert [
        id
        for id, forms in CATALOGUES[lang].lines.items()
        if forms == english.get(id) and len(re.findall(r"[^\W\d_]{2,}", GAP.sub("", forms[0]))) > 1
    ] == []
