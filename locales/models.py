"""The two detectors, restricted to the languages that matter: langdetect, and py3langid beside it.

One rule: the same text gets the same numbers in every process. langdetect draws lots: each factory here is seeded, and
nothing is kept from one text to the next. This module and locales.unpacked alone know how the two libraries look
inside.

Loading costs a third of a second (and 90 MB more where locales.unpacked has not run), so both are imported when the first
text needs them, or by `warm` in a thread.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from locales.catalogue import GAP

OWN_LINES = 40  # a profile out of fewer lines of a catalogue says more about the catalogue than about the language
SEED = 0
# Our code -> the library's, where they differ.
_LANGDETECT = {"nb": "no", "zh": "zh-cn"}
_LANGID = {"nb": "no", "cnr": "sr"}


class Models:
    """How likely a text is in each of some languages. Safe to use from several threads."""

    def __init__(self, lines: Callable[[str], Sequence[str]] = lambda _: ()) -> None:
        """`lines`: what the catalogues have in a language, for profiles of languages that langdetect does not ship."""
        self._lines = lines
        self._lock = Lock()
        self._factory: Any = None  # langdetect's, for the languages in _loaded
        self._loaded: frozenset[str] = frozenset()
        self._tried: frozenset[str] = frozenset()  # with those that have no profile
        self._langid: Any = None
        self._known: frozenset[str] = frozenset()

    def warm(self, languages: Sequence[str]) -> None:
        """Load what these languages need. Blocks: call it in a thread."""
        with self._lock:
            self._load(languages)

    def unknown(self, languages: Sequence[str]) -> tuple[str, ...]:
        """The languages that neither library knows (rule 7: the check command says so)."""
        with self._lock:
            self._load(languages)
            return tuple(it for it in languages if _langid(it) not in self._known and it not in self._loaded)

    def weigh(self, text: str, languages: Sequence[str]) -> dict[str, float]:
        """A probability for each of `languages` that is known, adding up to 1; empty where nothing can be told.

        The mean of the two libraries. Where langdetect lacks one of the languages it would give the text to another
        one with full confidence: py3langid decides alone then.
        """
        with self._lock:
            self._load(languages)
            factory, loaded = self._factory, self._loaded
            ranked: dict[str, float] = dict(self._langid.rank(text))
        second = _normal({it: ranked.get(_langid(it), 0.0) for it in languages if _langid(it) in ranked})
        if factory is None or not loaded.issuperset(languages):
            return second
        first = _langdetected(factory, text, languages)
        if not first or not second:
            return first or second
        return {it: (first.get(it, 0.0) + second.get(it, 0.0)) / 2 for it in languages}

    def _load(self, languages: Sequence[str]) -> None:
        if self._langid is None:
            from locales.unpacked import identifier  # noqa: PLC0415  late: with it comes numpy

            self._langid = identifier()
            self._known = frozenset(self._langid.labels)
        if self._tried.issuperset(languages):
            return
        self._tried |= set(languages)
        profiles = {it: profile for it in sorted(self._tried) if (profile := self._profile(it)) is not None}
        if len(profiles) < 2 or profiles.keys() == self._loaded:  # it wants two, and one language needs no detector
            return
        from langdetect.detector_factory import DetectorFactory  # noqa: PLC0415  late: 40 MB of profiles

        factory = DetectorFactory()
        factory.load_json_profile([*profiles.values()])
        factory.set_seed(SEED)  # of this factory: the class-wide seed is nobody else's to change
        self._factory, self._loaded = factory, frozenset(profiles)

    def _profile(self, language: str) -> str | None:
        """A language's profile as JSON under our code: the shipped one, else one out of the catalogue; None for neither."""
        from langdetect.detector_factory import PROFILES_DIRECTORY  # noqa: PLC0415  late, as above

        path = Path(PROFILES_DIRECTORY, _LANGDETECT.get(language, language))
        if path.is_file():
            return json.dumps({**json.loads(path.read_text(encoding="utf-8")), "name": language})
        lines = self._lines(language)
        return json.dumps(profile_of(language, lines)) if len(lines) >= OWN_LINES else None


def profile_of(language: str, lines: Sequence[str]) -> dict[str, Any]:
    """A langdetect profile out of some text: how often each run of one, two and three letters comes."""
    from langdetect.utils.ngram import NGram  # noqa: PLC0415  late, as above

    counts: dict[str, int] = {}
    totals = [0, 0, 0]
    for line in lines:
        grams = NGram()
        for char in GAP.sub(" ", line):  # the names of gaps are English
            grams.add_char(char)
            for length in (1, 2, 3):
                if gram := grams.get(length):
                    counts[gram] = counts.get(gram, 0) + 1
                    totals[length - 1] += 1
    return {"name": language, "freq": counts, "n_words": totals}


def _langdetected(factory: Any, text: str, languages: Sequence[str]) -> dict[str, float]:
    """langdetect's probabilities; empty where it finds no letters that it knows."""
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415  late, as above

    detector = _restricted(factory, languages)
    detector.append(text)
    try:
        found = detector.get_probabilities()
    except LangDetectException:  # "No features in text" is an ordinary answer
        return {}
    return _normal({it.lang: it.prob for it in found})


def _restricted(factory: Any, languages: Sequence[str]) -> Any:
    """A detector for some of a factory's languages, for which the others might as well not be loaded.

    A prior of 0 is not enough: runs of letters that only the others know would still take part in the drawing of lots.
    """
    detector = factory.create()
    detector.set_prior_map(dict.fromkeys(languages, 1.0))
    places = [detector.langlist.index(it) for it in languages]
    every = detector._extract_ngrams  # noqa: SLF001  the one private name; a test breaks when it is gone
    known = detector.word_lang_prob_map
    detector._extract_ngrams = lambda: [it for it in every() if any(known[it][place] for place in places)]  # noqa: SLF001
    return detector


def _langid(language: str) -> str:
    stem = language.replace("_", "-").partition("-")[0]
    return _LANGID.get(stem, stem)


def _normal(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {it: weight / total for it, weight in weights.items()} if total > 0 else {}
