"""Words instead of commands: the traps that a list of words in 35 languages has, one test each."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from bot.core.commands import COMMANDS, FLOWS
from locales.folding import fold
from locales.words import HERE, Words

ROOT = Path(__file__).resolve().parent.parent.parent
FULL = ("en", "pl", "pt", "uk")
words = Words.load()


@pytest.mark.parametrize("lang", ["pl", "cs", "sk", "lv"])
def test_1_no_is_yeah_in_polish_and_czech_and_is_asked_again(lang: str) -> None:
    assert words.yes_or_no("no", lang) is None
    assert words.yes_or_no("No!", lang) is None


@pytest.mark.parametrize("lang", ["en", "es", "it", "pt", "uk", "de"])
def test_1_no_is_no_where_it_can_be_nothing_else(lang: str) -> None:
    assert words.yes_or_no("no", lang) is False


@pytest.mark.parametrize(
    ("text", "lang", "meant"),
    [
        ("ne", "cs", False),
        ("ne", "hr", False),
        ("ne", "sl", False),
        ("ne", "sr", False),
        ("ne", "lt", False),
        ("ne", "el", True),
        ("jo", "da", True),
        ("jo", "sv", True),
        ("jo", "nb", True),
        ("joo", "fi", True),
        ("jo", "cs", True),
        ("jo", "de", True),
        ("jo", "sq", False),
        ("po", "sq", True),
        ("po", "pl", None),
        ("tak", "pl", True),
        ("так", "uk", True),
        ("tak", "da", None),
        ("ei", "et", False),
        ("ei", "fi", False),
        ("le", "mt", False),
        ("le", "fr", None),
        ("da", "ro", True),
        ("da", "bg", None),
        ("да", "bg", True),
        ("da", "de", None),
    ],
)
def test_2_there_is_no_one_list_for_all_languages(text: str, lang: str, meant: bool | None) -> None:
    assert words.yes_or_no(text, lang) is meant


def test_2_thanks_around_a_yes_or_no_is_no_answer_of_its_own() -> None:
    assert words.yes_or_no("nej tak", "da") is False
    assert words.yes_or_no("ja tak", "da") is True
    assert words.yes_or_no("mange tak", "da") is None
    assert words.yes_or_no("Tak, proszę.", "pl") is True
    assert words.yes_or_no("não, obrigada", "pt") is False
    assert words.yes_or_no("no thank you very much", "en") is False


def test_3_irish_answers_with_the_verb() -> None:
    assert [words.yes_or_no(text, "ga") for text in ("sea", "Tá", "ní hea", "níl")] == [True, True, False, False]


@pytest.mark.parametrize(("text", "lang"), [("help", "en"), ("apua!", "fi"), ("POMOC", "pl"), ("Hilfe", "de")])
def test_4_a_cry_is_the_command_whose_answer_begins_with_the_emergency_number(text: str, lang: str) -> None:
    assert words.command(text, lang) == "help"


def test_5_a_stop_word_counts_as_a_whole_message_only() -> None:
    assert words.command("basta", "it") == "stop"
    assert words.command("non basta", "it") is None
    assert words.command("stop", "pl") == "stop"
    assert words.command("the bus stop", "en") is None


@pytest.mark.parametrize("lang", ["pt", "es"])
def test_5_six_is_no_stop_word_where_it_is_six(lang: str) -> None:
    assert words.command("seis", lang) is None
    assert words.command("seis", "fi") == "stop"
    assert words.command("seis", "en") == "stop"
    assert words.command("seis", "en", number_wanted=True) is None
    assert words.command("stop", "en", number_wanted=True) == "stop"


@pytest.mark.parametrize(
    ("text", "lang"), [("stad", "nl"), ("stad", "sv"), ("stad", "da"), ("pare", "it"), ("dur", "fr"), ("baja", "hu")]
)
def test_5_an_ordinary_word_of_the_language_stops_nothing(text: str, lang: str) -> None:
    assert words.command(text, lang) is None
    assert words.command(text, "en") == "stop"


@pytest.mark.parametrize(
    "text", ["стоп", "arrêt", "Abmelden", "leiratkozás", "STOPP", "სტოპ", "הסר", "odjava", "ОДЈАВА", "parar", "dur"]
)
def test_5_a_stop_word_counts_in_every_language(text: str) -> None:
    assert words.command(text, "pl") == "stop"


@pytest.mark.parametrize(("text", "lang"), [("cancelar", "pt"), ("annuler", "fr"), ("iptal", "tr"), ("anuluj", "pl")])
def test_6_cancel_is_not_stop(text: str, lang: str) -> None:
    assert words.command(text, lang) == "cancel"


@pytest.mark.parametrize(
    ("text", "lang", "command"),
    [
        ("İPTAL", "tr", "cancel"),
        ("ıptal", "tr", "cancel"),
        ("IPTAL", "tr", "cancel"),
        ("ΣΤΑΜΑΤΑ", "el", "stop"),
        ("σταματα", "el", "stop"),
        ("stani", "sr", "stop"),
        ("стани", "sr", "stop"),
        ("დახმარება", "ka", "help"),
        ("\u2068עזרה\u2069", "he", "help"),
        ("oprește", "ro", "stop"),
        ("opreşte", "ro", "stop"),
        ("OPREȘTE", "ro", "stop"),
        ("zuruck", "de", "back"),
        ("zurueck", "de", "back"),
        ("wroc", "pl", "back"),
        ("LINIE", "pl", None),
    ],
)
def test_7_forms_and_scripts(text: str, lang: str, command: str | None) -> None:
    assert words.command(text, lang) == command


def test_7_sharp_s_final_sigma_and_apostrophes_fold() -> None:
    assert fold("Straße") == fold("STRASSE")
    assert fold("ΤΕΛΟΣ") == fold("τέλος")
    assert fold("п'ять") == fold("пʼять") == fold("п’ять") == fold("ПʼЯТЬ")
    assert fold("й") == fold("и\u0306")
    assert fold("y\u0336e\u0336s\u0336") != fold("ýes") == fold("yes")  # struck out, it is unsaid
    assert fold("„Moje  dane”.") == fold('"moje dane"') == fold("«MOJE DANE»!") == "moje dane"


# 8, the question marks, is in test_ear.py


@pytest.mark.parametrize("lang", FULL)
def test_9_a_thumb_is_no_word(lang: str) -> None:
    """Whether it counts where nothing binding follows is the prompt's to say; for consent it never does."""
    assert words.yes_or_no("👍", lang) is None
    assert words.command("👍", lang) is None


# What the texts of the hubs tell people to write (R95).
TOLD = {
    "en": "events, survey, news, helplines, person, contact, my data, privacy, language, stop",
    "pl": "wydarzenia, ankieta, aktualności, infolinie, człowiek, kontakt, moje dane, prywatność",
    "pt": "eventos, questionário, notícias, linhas de apoio, pessoa, contacto, os meus dados, privacidade",
    "uk": "події, опитування, новини, лінії підтримки, людина, контакт, мої дані, приватність",
}
MEANT = ("events", "surveys", "news", "helplines", "human", "contact", "mydata", "privacy", "language", "stop")


@pytest.mark.parametrize("lang", FULL)
def test_r95_the_words_of_the_texts_are_commands(lang: str) -> None:
    for word, command in zip(TOLD[lang].split(", "), MEANT, strict=False):
        for text in (word, word.upper(), f"„{word}”", f"«{word}».", f'"{word}"'):
            assert words.command(text, lang) == command, text


QUOTED = re.compile(r"(?:rite|apisz|screva|апишіть) [\"„«]([^\"”»]+)[\"”»]")


def test_r95_every_word_that_a_hubs_text_tells_people_to_write_is_understood() -> None:
    seen = 0
    for path in sorted((ROOT / "hubs").glob("*/articles/*/*.md")):
        lang = path.parent.name
        for word in QUOTED.findall(path.read_text(encoding="utf-8")):
            assert words.command(word, lang), f"{path}: {word}"
            seen += 1
    for path in sorted((ROOT / "hubs").glob("*/safety.yaml")):
        safety = yaml.safe_load(path.read_text(encoding="utf-8"))
        for lang, texts in safety["texts"].items():
            filled = "\n".join(texts.values()).replace("{person}", safety["person_word"][lang])
            for word in QUOTED.findall(filled):
                assert words.command(word, lang), f"{path} {lang}: {word}"
                seen += 1
    assert seen > 10


@pytest.mark.parametrize("lang", FULL)
def test_each_command_has_a_word_in_each_full_language(lang: str) -> None:
    assert {*words.of(lang).commands.values()} == {*FLOWS, "back", "cancel"} - {"settings"}
    assert words.of(lang).yes
    assert words.of(lang).no
    assert words.of(lang).question


def test_every_language_can_stop_ask_for_help_go_back_and_cancel() -> None:
    for lang, vocabulary in words.by_lang.items():
        assert {"stop", "help", "back", "cancel"} <= {*vocabulary.commands.values()}, lang
        assert vocabulary.yes, lang
        assert vocabulary.no, lang
        assert not vocabulary.yes & vocabulary.no, lang
        assert not (vocabulary.yes | vocabulary.no) & vocabulary.commands.keys(), lang
        assert not vocabulary.ordinary & vocabulary.commands.keys(), lang


def test_one_word_has_one_command_in_a_language() -> None:
    """The reader of the file would take the last one silently."""
    data = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
    for lang, table in data.items():
        if not isinstance(table, dict):
            continue
        seen: dict[str, str] = {}
        for key in table.keys() & {*COMMANDS}:
            for word in table[key]:
                assert seen.setdefault(fold(word), key) == key, f"{lang}: {word}"


def test_no_word_of_one_full_language_is_another_command_in_a_second() -> None:
    """A hub has several of them, and understands the commands of all."""
    for lang in FULL:
        for other in FULL:
            for word, command in words.of(lang).commands.items():
                assert words.of(other).commands.get(word, command) == command, f"{word}: {lang}, {other}"


def test_commands_of_the_hubs_other_languages_and_english_count() -> None:
    assert words.command("мова", "en", ("pl", "uk")) == "language"
    assert words.command("moje dane", "uk", ("pl", "en")) == "mydata"
    assert words.command("help", "uk", ()) == "help"
    assert words.command("moje dane", "uk", ()) is None


# How people ask what it is that answers (R02), and what only sounds alike.
WHO = {
    "en": [
        "are you human?", "Are you a real person or a machine?", "is this a bot", "am i talking to a machine", "r u a bot",
        "so youre just a computer program", "hello, are you a robot?", "human or bot", "who are you?", "are u even human",
        "are you an AI?", "is anybody there", "are you a doctor?",
    ],
    "pl": [
        "jesteś człowiekiem?", "czy to robot?", "to bot?", "czy jestes botem", "rozmawiam z człowiekiem czy z maszyną?",
        "czy to jest prawdziwa osoba", "kim jesteś", "czy jesteś sztuczną inteligencją?", "kto mi odpowiada",
    ],
    "pt": [
        "és humano?", "es um robo", "estou a falar com uma máquina?", "isto é um bot?", "quem és tu?",
        "falo com um robô ou com uma pessoa", "estou a falar com uma pessoa de verdade?", "é uma pessoa ou uma máquina?",
    ],
    "uk": [
        "ти людина?", "це бот?", "ти бот чи людина", "я розмовляю з людиною?", "ти справжня людина?", "хто ти?",
        "ти штучний інтелект?", "мені відповідає бот?", "з ким я розмовляю",
    ],
}  # fmt: skip
NOT_WHO = {
    "en": [
        "person", "can i talk to a human", "is it for people", "is this for people with cancer", "is this the program",
        "is it real", "i am a doctor", "is there a doctor at the fair", "what is ai", "how are you", "is this event free",
    ],
    "pl": ["człowiek", "jestem lekarzem", "czy to rak", "czy to jest bezpłatne", "kto może wziąć udział", "czy to boli"],
    "pt": ["pessoa", "sou médico", "o que é a ia", "o que é isto", "isto é grátis", "vai haver médico no evento"],
    "uk": ["людина", "я лікар", "це рак?", "хто може прийти", "чи це безкоштовно", "що таке ші", "чи буде лікар на події"],
}  # fmt: skip


@pytest.mark.parametrize("lang", FULL)
def test_r02_who_answers_is_asked_in_many_words(lang: str) -> None:
    others = tuple(it for it in FULL if it != lang)
    assert [text for text in WHO[lang] if words.command(text, lang, others) != "who"] == []
    assert [text for text in WHO[lang] if words.command(text, others[0], (*others[1:], lang)) != "who"] == []
    assert [text for text in NOT_WHO[lang] if words.command(text, lang, others) == "who"] == []


def test_r02_where_any_words_may_be_the_answer_only_a_question_asks_who_answers() -> None:
    assert words.command("it is a person", "en", number_wanted=True) is None
    assert words.command("are you a person?", "en", number_wanted=True) == "who"


def test_please_and_thanks_around_a_command() -> None:
    assert words.command("pomoc, proszę", "pl") == "help"
    assert words.command("a person, please", "en") == "human"
    assert words.command("Os meus dados, por favor!", "pt") == "mydata"
    assert words.command("Мої дані, будь ласка", "uk") == "mydata"
    assert words.command("please", "en") is None


def test_which_lists_nobody_has_read_is_on_record() -> None:
    data = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
    assert {*data["unread"]} <= words.by_lang.keys()
