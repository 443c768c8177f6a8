"""Which of a hub's languages a free text is in.

One rule: the policy decides, not the library. Whatever is too short, too plain or too close to call is in the language that
the conversation has; only a hub's own languages can be found; the same text and hint get the same answer always.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.core.message import Json
from bot.core.respond import Guess
from locales.folding import fold
from locales.models import Models
from locales.scripts import script_of, writes
from locales.tags import match
from locales.words import Words

SURE = (
    0.8  # from here on the bot answers in the other language and says so (measured: stays right 98 to 100 times of 100)
)
LIKELY = 0.5  # above it the bot stays and offers the other language once
LEAST = 4  # letters: below that every detector guesses
FEW = 5  # words of a text in which one of them may decide alone; in a longer one it is outvoted
OUTVOTED = 0.75  # how sure the text without that word must be in the conversation's language
READ = 1_000  # characters that are looked at; the rest of a long message is in the same language
_NOT_WORDS = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+|[/!@#]\w+|\b[\w-]+(?:\.[\w-]+)+\b(?:/\S*)?|\w*\d\w*", re.IGNORECASE
)  # links, addresses, commands and names of accounts, codes and numbers: in no language
# Words of every language, and abbreviations: frequent first messages.
SHARED = frozenset({
    "ok", "okay", "hello", "hi", "stop", "start", "menu", "bot", "chat", "test", "info", "email", "mail", "sms", "pdf",
    "app", "web", "link", "online", "internet", "telegram", "matrix", "whatsapp", "covid", "hpv", "psa", "ct", "mri",
    "pet", "dna", "hub", "echos", "euracan", "uncan", "who", "cancer", "video", "audio", "foto", "radio", "dr", "prof",
})  # fmt: skip
# A word or two are in both: where a hub has both, the person is asked (never switched).
_CLOSE = (
    frozenset({"nb", "nn", "da", "sv"}),
    frozenset({"hr", "sr", "bs", "cnr"}),
    frozenset({"cs", "sk"}),
    frozenset({"pt", "es", "gl"}),
    frozenset({"bg", "mk"}),
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The likeliest language and how likely it is: 0 where nothing could be told, and then it is the hint."""

    lang: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Detector:
    """Detects among the languages of one hub; the first is its default."""

    models: Models
    languages: tuple[str, ...]
    words: Words = field(default_factory=Words.load, repr=False)

    def warm(self) -> None:
        """Load the models, in the calling thread."""
        self.models.warm(self.languages)

    def detect(self, text: str, hint: str) -> Guess:
        """What the core makes of a free text: another language, sure or only likely, or the hint. Never raises."""
        found = self.weigh(text, hint)
        hint = self._hint(hint)
        if found.lang == hint:
            return Guess(hint, sure=found.confidence >= SURE)
        if found.confidence >= SURE:
            return Guess(found.lang, sure=not self._doubtful(text, found.lang, hint))
        # "how do I renew my passport" asks in the language that we speak, whatever the letters of the rest are like.
        likely = found.confidence > LIKELY and len(plain_words(text)) > 1 and not self.words.asks(text, hint)
        return Guess(found.lang if likely else hint, sure=False)

    def weigh(self, text: str, hint: str) -> Weighed:
        """The likeliest of the hub's languages. `hint` is the conversation's, or any language tag."""
        hint = self._hint(hint)
        words = words_of(text)
        script, letters = script_of(" ".join(words))
        if letters < LEAST:
            return Weighed(hint, 0.0)
        possible = [it for it in self.languages if writes(it, script)]
        if len(possible) == 1:
            return Weighed(possible[0], 1.0)
        plain = " ".join(words)
        weights = self.models.weigh(plain.lower() if plain.isupper() else plain, possible) if possible else {}
        if not weights:
            return Weighed(hint, 0.0)
        best = max(weights, key=lambda it: (weights[it], it == hint))
        return Weighed(best, weights[best])

    def _hint(self, hint: str) -> str:
        return match(hint, self.languages) or self.languages[0]

    def _doubtful(self, text: str, lang: str, hint: str) -> bool:
        """Whether to ask even so: names; two close languages on a word or two; a text in which one word decides, which may be
        a name or borrowed; or a conversation in a language that no library knows, which would never be found again."""
        if hint in self.models.unknown((hint,)):
            return True
        words = plain_words(text)
        if not writes(hint, script_of(" ".join(words))[0]):
            return False
        if self._everyday(fold(" ".join(words)), lang, hint):
            return False
        close = any({lang.partition("-")[0], hint.partition("-")[0]} <= pair for pair in _CLOSE)
        names = not text.isupper() and all(it[:1].isupper() for it in words)
        if len(words) == 1 or names or (close and len(words_of(text)) <= 2):
            return True
        return len(words) <= FEW and any(
            rest.lang == hint and rest.confidence >= OUTVOTED
            for rest in (self.weigh(" ".join((*words[:n], *words[n + 1 :])), hint) for n in range(len(words)))
        )

    def _everyday(self, said: str, lang: str, hint: str) -> bool:
        """Whether people of `lang` say this every day and those of `hint` do not: a greeting, thanks, "when"."""
        return said in self.words.of(lang).everyday and said not in self.words.of(hint).everyday


def plain_words(text: str) -> list[str]:
    """The words of a text, without links, addresses, numbers and commands."""
    return [word for word in _NOT_WORDS.sub(" ", text[:READ]).split() if any(char.isalpha() for char in word)]


def words_of(text: str) -> list[str]:
    """The words of a text that are in some language: without links, addresses, numbers, commands and shared words."""
    return [word for word in _NOT_WORDS.sub(" ", text[:READ]).split() if fold(word) not in SHARED]


def detect_lines(lines: Iterable[str], detector: Detector) -> Iterator[str]:
    """One JSON object a line, {"id", "text", "hint"}, into {"id", "lang", "confidence"}: what the bot would answer in.

    `hint` may be missing: the hub's default. A bad line gives {"id", "error"} and costs no other.
    """
    for line in lines:
        if line.strip():
            yield json.dumps(_answer(line, detector))  # ASCII: an id may hold half a character


def _answer(line: str, detector: Detector) -> Json:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "not JSON"}
    match data:
        case {"text": str(text)}:
            hint = data.get("hint") or ""
        case dict():
            return {"id": data.get("id"), "error": "no text"}
        case _:
            return {"id": None, "error": "not an object"}
    if not isinstance(hint, str):
        return {"id": data.get("id"), "error": "hint is no text"}
    found = detector.detect(text, hint)
    lang = found.lang if found.sure else detector.detect("", hint).lang
    return {"id": data.get("id"), "lang": lang, "confidence": round(detector.weigh(text, hint).confidence, 4)}
