"""What is made when it is first needed, and not before: a first prompt waits for nothing that a first answer can wait for.

One rule: it is made once, whoever of several threads asks first.
"""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Late(Generic[T]):
    """`Late(make).get()` is what `make` gives; the others wait while the first one makes it. A fault is raised anew."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: list[T] = []
        self._lock = Lock()

    def get(self) -> T:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]
