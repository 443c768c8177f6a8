"""Lists by pages of five, with the page in the button: two open lists do not disturb each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.core.message import Button, Json, Line, Start

T = TypeVar("T")
SIZE = 5  # items of a list on one page


@dataclass(frozen=True)
class Page(Generic[T]):
    """The items from `first` (counted from 0) to before `last`, of `count`."""

    items: Sequence[T]
    first: int
    last: int
    count: int

    @classmethod
    def of(cls, items: Sequence[T], first: int) -> "Page[T]":
        """The page that begins at `first`; the first page where an old button names one that is gone."""
        first = first if 0 <= first < len(items) else 0
        last = min(first + SIZE, len(items))
        return cls(items[first:last], first, last, len(items))

    def turns(self, flow: str, *args: Json) -> tuple[Button, ...]:
        """The buttons to the pages before and after, as starts of `flow` with `args` and the place."""
        earlier = Button(Line("core.earlier"), Start(flow, (*args, max(0, self.first - SIZE))))
        later = Button(Line("core.later"), Start(flow, (*args, self.last)))
        return (*((earlier,) if self.first > 0 else ()), *((later,) if self.last < self.count else ()))
