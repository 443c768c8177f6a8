"""The vocabulary of one language: how rare each word is, and which known words an unknown one may be.

One rule: a word counts by what it tells apart. "how", "czy", "como" stand in every other question and count for little.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

ALIKE = 0.45  # Dice of the letter groups: "mamografie" is like "mammografia", "hub" is not like "hubs in"
MOST_ALIKE = 12  # known words that one typed word may stand for; inflection gives about that many
_LONGEST = 40  # letters of a word that are looked at: longer ones are links


def grams(word: str) -> frozenset[str]:
    """The letter groups of a word, its beginning and end marked: two and three letters long."""
    marked = f"<{word[:_LONGEST]}>"
    twos = {marked[at : at + 2] for at in range(len(marked) - 1)}
    threes = {marked[at : at + 3] for at in range(len(marked) - 2)}
    return frozenset(twos | threes)


class Terms:
    """The words of all units (titles, wordings, sentences) of a language."""

    def __init__(self, units: Iterable[Sequence[str]]) -> None:
        counts = Counter[str]()
        size = 0
        for unit in units:
            counts.update(set(unit))
            size += 1
        self.size = size
        self.known = {word: log(1 + (size - n + 0.5) / (n + 0.5)) for word, n in counts.items()}
        self._most = log(1 + (size + 0.5) / 0.5)
        self._grams = {word: grams(word) for word in self.known}
        self._having: dict[str, list[str]] = {}
        for word, its in self._grams.items():
            for gram in its:
                self._having.setdefault(gram, []).append(word)
        self._alike: dict[str, dict[str, float]] = {}

    def alike(self, word: str) -> dict[str, float]:
        """The known words that `word` may stand for, each with how alike it is: 1 for itself."""
        if word in self.known and word in self._alike:
            return self._alike[word]
        own = grams(word)
        shared = Counter[str]()
        for gram in own:
            shared.update(self._having.get(gram, ()))
        scored = [(2 * n / (len(own) + len(self._grams[it])), it) for it, n in shared.items()]
        best = sorted((it for it in scored if it[0] >= ALIKE), key=lambda it: (-it[0], it[1]))[:MOST_ALIKE]
        found = {it: score for score, it in best}
        if word in self.known:  # what people type is not kept: only our own words are remembered
            self._alike[word] = found
        return found

    def weight(self, word: str, alike: dict[str, float]) -> float:
        """How much a word of a question tells. An unknown word tells as much as a rare one: it may be the whole question."""
        if word in self.known:
            return self.known[word]
        near = max(alike.items(), key=lambda it: it[1], default=None)
        rare = self._most * min(1.0, len(word) / 5)  # unknown and short: a slip or a small word
        return rare if near is None else near[1] * self.known[near[0]] + (1 - near[1]) * rare
