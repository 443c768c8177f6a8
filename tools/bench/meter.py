"""A figure, and how it is taken: the median of many, in the processor's time."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `bar` None: there is none, the figure is for comparison."""

    name: str
    value: float
    unit: str
    bar: float | None = None

    def line(self) -> str:
        """Name, median, bar, and how much of the bar it takes."""
        told = f"{self.name:<44} {self.value:>9.3g} {self.unit:<3}"
        return told if self.bar is None else f"{told} {self.bar:>8g} {self.value / self.bar:>7.2f}"


DATA = [{"id": n, "words": "some words and more", "list": [*range(10)]} for n in range(1_000)]


def machine() -> float:
    """Seconds that work takes which has nothing of ours in it: how fast the machine is at this moment."""
    return spent(lambda: json.loads(json.dumps(DATA)), 50)


def spent(work: Callable[[], object], times: int) -> float:
    """Seconds of the processor for one `work`, all threads of the process together: the median of `times`."""
    samples = []
    for _ in range(times):
        began = time.process_time()
        work()
        samples.append(time.process_time() - began)
    return median(samples)
