"""Which language a person asks to be spoken to in: "Polish", "po polsku", "mów po angielsku", "English please".

One rule: the whole message is the wish. Names of languages come from CLDR, in every language of the hub; the words that may
stand around one are data, in words.toml.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from babel import Locale, UnknownLocaleError

from locales.folding import fold
from locales.tags import locale_of, own_name
from locales.words import Words

LONGEST = 60  # characters of a wish
ENDINGS = 2  # letters of a name that may differ after a preposition: polski, po polsku; українська, українською
SHORTEST = 4  # letters that must not
ALONE = 8  # letters of such a word that may stand alone: українською; Polska is a country
_BETWEEN = re.compile(r"[,.!?:;…\s-]+")  # a hyphen too: по-польськи


@dataclass(frozen=True, slots=True)
class Wishes:
    """What languages are called. `names`: per language that people write in, the folded name of each of the hub's."""

    words: Words
    names: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, words: Words, languages: tuple[str, ...]) -> "Wishes":
        """The wishes of a hub that speaks `languages`; they are understood in these and in English."""
        return cls(words, {it: _names(it, languages) for it in dict.fromkeys((*languages, "en"))})

    def language(self, text: str) -> str | None:
        """The language that the whole message names or asks for, or None. Never raises."""
        if len(text) > LONGEST:
            return None
        said = _BETWEEN.sub(" ", fold(text)).split()
        every = {name: code for names in self.names.values() for name, code in names.items()}
        if named := every.get(" ".join(said)):
            return named
        around = {word for it in self.names for word in self._around(it)}
        rest = [word for word in said if word not in around]
        if len(rest) != 1 or (len(said) == 1 and len(rest[0]) < ALONE):
            return None
        return every.get(rest[0]) or next((code for it in self.names if (code := self._bent(rest[0], it, said))), None)

    def _around(self, lang: str) -> set[str]:
        mine = self.words.of(lang)
        return {word for phrase in mine.speak | mine.please for word in phrase.split()}

    def _bent(self, word: str, lang: str, said: list[str]) -> str | None:
        """The language whose name in `lang` the word is with another ending, among words of `lang` alone."""
        if not self._around(lang).issuperset(it for it in said if it != word):
            return None
        found = {code for name, code in self.names[lang].items() if _alike(word, name)}
        return found.pop() if len(found) == 1 else None


def _alike(word: str, name: str) -> bool:
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, name, strict=False)))
    return same >= max(SHORTEST, len(name) - ENDINGS) and len(word) <= len(name) + ENDINGS


def _names(lang: str, languages: tuple[str, ...]) -> dict[str, str]:
    """What speakers of `lang` call each of `languages`, and what each calls itself."""
    found = {fold(own_name(it)): it for it in languages}
    for locale in dict.fromkeys((locale_of(lang, ""), _plain(lang))):
        for it in languages:
            name = locale and (locale.languages.get(it.replace("-", "_")) or locale.languages.get(it.partition("-")[0]))
            if name:
                found[fold(name)] = it
    return found


def _plain(lang: str) -> Locale | None:
    """CLDR's own default for a language: Portuguese of Brazil has another word for Polish than that of Portugal."""
    try:
        return Locale.parse(lang.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
