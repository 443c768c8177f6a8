"""What a word means that is a whole message: a command, yes, or no. The words are data, in words.toml.

One rule: a word counts in the language of the conversation, then in English, then in the hub's other languages; never in
one list for all, since `ne` is no in five languages and yes in a sixth. Words that stop messages alone count in all.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from locales.folding import fold

HERE = Path(__file__).resolve().parent
LONGEST = 80  # characters; the longest entry has 30, with "please" and "thank you very much" around it
# Keys that are no commands.
_OTHER = (
    "yes",
    "no",
    "unsure",
    "ordinary",
    "please",
    "question",
    "before",
    "filler",
    "who_noun",
    "who_you",
    "who_other",
    "speak",
)
MOST_ASKED = 12  # words of "is this a real person or am I talking to a machine": a longer message asks more than that
_BETWEEN = re.compile(r"[,.!:;…\s]+")
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1, "after_tomorrow": 2}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One language's words, folded. `commands`: word -> command; `days`: word -> days from today."""

    commands: Mapping[str, str]
    days: Mapping[str, int]
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    ordinary: frozenset[str] = frozenset()
    please: frozenset[str] = frozenset()
    question: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    filler: frozenset[str] = frozenset()
    who_noun: frozenset[str] = frozenset()
    who_you: frozenset[str] = frozenset()
    who_other: frozenset[str] = frozenset()
    speak: frozenset[str] = frozenset()

    @classmethod
    def of(cls, table: Mapping[str, list[str]]) -> "Vocabulary":
        commands = {fold(word): key for key, words in table.items() if key not in (*_OTHER, *_DAYS) for word in words}
        days = {fold(word): ahead for key, ahead in _DAYS.items() for word in table.get(key, ())}
        return cls(commands, days, **{key: frozenset(map(fold, table.get(key, ()))) for key in _OTHER})

    @property
    def everyday(self) -> frozenset[str]:
        """All that is no command: these are understood in every conversation, so they tell no language."""
        return frozenset(self.days) | self.yes | self.no | self.please | self.question | self.before

    def asks_who(self, said: frozenset[str]) -> bool:
        """Whether a message of these words asks what it is that answers, and nothing else: "am I talking to a machine",
        "human or bot"."""
        polite = {word for phrase in self.please for word in phrase.split()}
        known = self.who_noun | self.who_you | self.who_other | polite
        nouns = len(said & self.who_noun)
        return (nouns > 1 or bool(nouns and said & self.who_you)) and said <= known

    def own(self, word: str) -> bool:
        """Whether the word says something here that is no command, so that no other language may make one of it."""
        return (
            word in self.yes or word in self.no or word in self.unsure or word in self.ordinary or word in self.please
        )


NONE = Vocabulary({}, {})


@dataclass(frozen=True, slots=True)
class Words:
    """Every language's words. Every method takes any text and raises nothing."""

    by_lang: Mapping[str, Vocabulary]
    numbers: frozenset[str] = frozenset()
    _stops: frozenset[str] = field(default=frozenset())

    @classmethod
    def load(cls, path: Path = HERE / "words.toml") -> "Words":
        """Read the list of words. What is wrong in it is ours: it raises."""
        with path.open("rb") as file:
            data = tomllib.load(file)
        by_lang = {lang: Vocabulary.of(table) for lang, table in data.items() if isinstance(table, dict)}
        stops = frozenset(word for it in by_lang.values() for word, key in it.commands.items() if key == "stop")
        return cls(by_lang, frozenset(map(fold, data["numbers"])), stops)

    def of(self, lang: str) -> Vocabulary:
        """A language's words; none for a language that has no list. `sr-Latn` and `sr-Cyrl` share one."""
        return self.by_lang.get(lang) or self.by_lang.get(lang.replace("_", "-").partition("-")[0], NONE)

    def fold(self, text: str) -> str:
        """See locales.folding.fold."""
        return fold(text)

    def command(self, text: str, lang: str, others: tuple[str, ...] = (), *, number_wanted: bool = False) -> str | None:
        """The command that the whole message is, in the conversation's language `lang`, in English, in `others`; or None.

        A stop word of any language counts, save where `lang` uses the word for something else, or where a number is
        asked for and the word is one somewhere. `number_wanted`: a number or any words may be the answer to what is asked;
        there "it is a person" is one, and only "is it a person?" asks who answers.
        """
        found = self._command(text, lang, others, number_wanted=number_wanted)
        return None if found == "who" and number_wanted and "?" not in text else found

    def _command(self, text: str, lang: str, others: tuple[str, ...], *, number_wanted: bool) -> str | None:
        mine = self.of(lang)
        for word in self._cores(text, lang, *others):
            if number_wanted and word in self.numbers and word not in mine.commands:
                return None
            if word in mine.commands:
                return mine.commands[word]
            if mine.own(word):
                return None
            for other in ("en", *others):
                if word in self.of(other).commands:
                    return self.of(other).commands[word]
            if word in self._stops:
                return "stop"
        said = _BETWEEN.sub(" ", fold(text[:LONGEST])).split()
        if len(text) <= LONGEST and len(said) <= MOST_ASKED:
            langs = dict.fromkeys((lang, "en", *others))
            return "who" if any(self.of(it).asks_who(frozenset(said)) for it in langs) else None
        return None

    def yes_or_no(self, text: str, lang: str) -> bool | None:
        """Whether the whole message is yes or no in `lang`, or plainly so in English; None where it could be both."""
        mine, english = self.of(lang), self.of("en")
        for word in self._cores(text, lang):
            if word in mine.yes or word in mine.no:
                return word in mine.yes
            if word in mine.unsure or word in mine.please or word in mine.ordinary:
                return None
            if word in english.yes or word in english.no:
                return word in english.yes
        return None

    def asks(self, text: str, lang: str) -> bool:
        """Whether the text begins with a question word of `lang`, after greetings, conjunctions and prepositions."""
        mine = self.of(lang)
        words = _BETWEEN.sub(" ", fold(text[:LONGEST])).split()
        for _ in range(4):  # "Hello, and from when ..."
            if _begins(words, mine.question):
                return True
            passed = _begins(words, mine.before)
            if not passed:
                return False
            words = words[passed:]
        return False

    def _cores(self, text: str, *langs: str) -> list[str]:
        """The folded text, then it without the please and thank you of these languages and English around it."""
        if len(text) > LONGEST:
            return []
        whole = fold(text)
        polite = {word for lang in (*langs, "en") for word in self.of(lang).please}
        words = _BETWEEN.sub(" ", whole).split()
        core = _without(words, polite)
        return [it for it in dict.fromkeys((whole, " ".join(core))) if it]


def _begins(words: list[str], with_: frozenset[str]) -> int:
    """How many of the words, at most 3, are one entry of `with_`; 0 for none."""
    return next((length for length in (3, 2, 1) if " ".join(words[:length]) in with_ and len(words) >= length), 0)


def _without(words: list[str], polite: set[str]) -> list[str]:
    """The words without polite ones at either end; longer ones first, so that "thank you very much" goes whole."""
    changed = True
    while changed and words:
        changed = False
        for length in range(min(len(words), 4), 0, -1):
            if " ".join(words[:length]) in polite:
                words, changed = words[length:], True
                break
            if " ".join(words[-length:]) in polite:
                words, changed = words[:-length], True
                break
    return words
