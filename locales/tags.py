"""Language tags: which of a hub's languages a tag means, and the locale in which a language is written in a country.

One rule: text language and formatting locale are two things. `pt` alone is Brazil to CLDR, `en` the United States.
"""

from functools import cache

from babel import Locale, UnknownLocaleError

# Old codes, and names of one thing by another: Norwegian is Bokmål unless it says Nynorsk, which reads Bokmål too.
_SAME = {"no": "nb", "nn": "nb", "iw": "he", "mo": "ro", "sh": "sr-Latn", "gr": "el", "ua": "uk"}
# Where CLDR's own default is not the form that a hub in Europe wants.
_HOME = {"en": "en_GB", "pt": "pt_PT", "sr": "sr_Cyrl"}


def match(tag: str, languages: tuple[str, ...]) -> str | None:
    """The one of `languages` that an IETF tag (`pt-BR`, `PL`, `no`, `sr_Latn_RS`) means, else None. Any text is taken."""
    parts = tag.replace("_", "-").strip().lower().split("-")
    have = {language.replace("_", "-").lower(): language for language in languages}
    for length in range(min(len(parts), 4), 0, -1):
        whole = "-".join(parts[:length])
        for name in (whole, _SAME.get(whole, whole).lower()):
            if name in have:
                return have[name]
    stem = _SAME.get(parts[0], parts[0]).partition("-")[0]
    return next((language for name, language in have.items() if name.partition("-")[0] == stem), None) if stem else None


@cache
def locale_of(language: str, country: str) -> Locale:
    """The CLDR locale in which `language` writes dates and numbers in `country` (two letters, or ""). Never raises."""
    stem = language.replace("-", "_")
    home = _HOME.get(stem, stem)
    script = home if home.count("_") and len(home.partition("_")[2]) == 4 else stem
    for name in (f"{script}_{country.upper()}", home, stem, stem.partition("_")[0]):
        # English is spoken in no hub's country but Ireland and Malta: elsewhere British forms, not CLDR's mixtures.
        if stem == "en" and name not in ("en_IE", "en_MT", "en_GB"):
            continue
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en_GB")


def own_name(language: str) -> str:
    """A language's name in itself, as it stands within a sentence there; the code where CLDR has none."""
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return language
    return locale.get_display_name(locale) or language
