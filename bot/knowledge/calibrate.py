"""How sure a score is: a logistic fitted on the hub's own wordings, with no outside data.

Each wording is asked twice: as if it had not been written (the first article is right, or is not), and as if its article
did not exist either (whatever comes first is wrong). From four numbers of a ranking the fit says how likely its first is right.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt

from bot.core import codec
from bot.core.message import Json

ANSWER, SUGGEST = 0.5, 0.3  # docs/answers.md: of strays hardly one is answered, an eighth gets suggestions
STRAYS = (
    0.5  # what a sample without its article counts: one question in three has no article, we assume, not every second
)
_ROUNDS, _RIDGE = 12, 0.1  # Newton steps until nothing moves; pull towards zero, so that few wordings fit nothing odd

Features = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fit: what each of the four numbers counts. The same articles give the same fit, to the last digit."""

    base: float = -4.0
    weights: Features = (6.0, 8.0, 0.0, 0.0)  # for a hub with too few wordings to fit: careful
    samples: int = 0

    def sure(self, features: Features) -> float:
        """The chance that the first of this ranking is the right article, from 0 to 1."""
        return _sigmoid(self.base + sum(a * b for a, b in zip(self.weights, features, strict=True)))

    def dump(self) -> Json:
        """Plain data, to be kept beside the digest of the articles that it was fitted on."""
        return codec.dump(self)

    @classmethod
    def load(cls, data: Json) -> "Calibration":
        """The inverse of dump. TypeError, KeyError or ValueError on anything else."""
        return codec.load(cls, data)


def features(scores: Mapping[str, float]) -> Features:
    """Best score, its lead over the second and over the fourth, and how far it stands out of all (z-score, tenths)."""
    ranked = sorted(scores.values(), reverse=True)
    if not ranked:
        return (0.0, 0.0, 0.0, 0.0)
    best, second, fourth = (ranked[min(at, len(ranked) - 1)] if len(ranked) > at else 0.0 for at in (0, 1, 3))
    mean = sum(ranked) / len(ranked)
    spread = sqrt(sum((it - mean) ** 2 for it in ranked) / len(ranked))
    return (best, best - second, best - fourth, (best - mean) / spread / 10 if spread else 0.0)


@dataclass(frozen=True, slots=True)
class Sample:
    """A ranking whose truth is known: whether its first is `right`, and how much it `counts`."""

    features: Features
    right: bool
    counts: float = 1.0


def fitted(samples: Iterable[Sample]) -> Calibration:
    """The logistic that explains the samples best. With fewer than 20 right or wrong ones, the careful default."""
    rows = list(samples)
    rights = sum(it.right for it in rows)
    if min(rights, len(rows) - rights) < 20:
        return Calibration()
    weights = [0.0] * 5
    for _ in range(_ROUNDS):
        weights = _step(rows, weights)
    first, second, third, fourth = weights[1:]
    return Calibration(weights[0], (first, second, third, fourth), len(rows))


def _step(samples: Sequence[Sample], weights: Sequence[float]) -> list[float]:
    """One step of Newton's method on the penalised likelihood."""
    size = len(weights)
    slope = [-_RIDGE * it if n else 0.0 for n, it in enumerate(weights)]
    bend = [[_RIDGE if a == b and a else 1e-9 if a == b else 0.0 for b in range(size)] for a in range(size)]
    for it in samples:
        row = (1.0, *it.features)
        chance = _sigmoid(sum(a * b for a, b in zip(weights, row, strict=True)))
        error, curve = it.counts * (it.right - chance), it.counts * chance * (1 - chance)
        for a in range(size):
            slope[a] += error * row[a]
            for b in range(a + 1):
                bend[a][b] += curve * row[a] * row[b]
    for a in range(size):
        for b in range(a + 1, size):
            bend[a][b] = bend[b][a]
    return [it + move for it, move in zip(weights, _solved(bend, slope), strict=True)]


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gauss with pivots. The ridge keeps the matrix from being singular."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        pivot = max(range(at, size), key=lambda n: abs(rows[n][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for n in range(size):
            if n != at and rows[n][at]:
                factor = rows[n][at] / rows[at][at]
                rows[n] = [a - factor * b for a, b in zip(rows[n], rows[at], strict=True)]
    return [rows[n][size] / rows[n][n] for n in range(size)]


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-max(-60.0, min(60.0, value))))
