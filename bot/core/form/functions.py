"""The functions that expressions of forms may call: XPath 1.0 and OpenRosa.

One rule: where the specifications leave room, ODK Web Forms decides, because people try their forms there
(getodk.github.io/xforms-spec; packages/xpath of getodk/web-forms, 0.22). One departure: days are civil days, so that a
date minus a date is whole in a zone with summer time.
"""

import base64
import hashlib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from bot.core.form.evaluate import Body, Context, Evaluator, Function, above, nodes_of
from bot.core.form.values import (
    EPOCH,
    SPACES,
    Node,
    Stamp,
    Value,
    as_bool,
    as_number,
    as_text,
    moment_text,
    read_number,
    read_stamp,
    stamp_of,
)
from bot.core.form.xpath import Expr, functions_used

_UNPADDED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(T.*)?", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[-+]\d\d:\d\d)?", re.ASCII)


def _texts(body: Callable[..., Value]) -> Body:
    """A function of texts only."""

    def call(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
        return body(*(as_text(run.give(arg, at)) for arg in args))

    return call


def _numbers(body: Callable[..., float]) -> Body:
    """A function of numbers only, NaN where one of them is, or where mathematics has no answer."""

    def call(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
        numbers = [as_number(run.give(arg, at)) for arg in args]
        if any(math.isnan(number) for number in numbers):
            return math.nan
        try:
            return float(body(*numbers))
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan

    return call


def _here(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    """The argument, or the context node where there is none."""
    return run.give(args[0], at) if args else [at.node]


def _all(run: Evaluator, at: Context, args: Iterable[Expr]) -> Iterator[Value]:
    """The arguments, each node of a node-set apart."""
    for arg in args:
        value = run.give(arg, at)
        if isinstance(value, list):
            yield from (node.text() for node in value)
        else:
            yield value


def _if(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return run.give(args[1] if as_bool(run.give(args[0], at)) else args[2], at)


def _coalesce(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return next((text for arg in args if (text := as_text(run.give(arg, at)))), "")


def _once(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return run.world.kept(at.current) or as_text(run.give(args[0], at))


def _selected(haystack: str, needle: str) -> bool:
    """Whether a name is one of those chosen; of nothing chosen the empty name is."""
    return needle.strip(SPACES) in (haystack.split() or [""])


def _selected_at(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    names = as_text(run.give(args[0], at)).split()
    place = as_number(run.give(args[1], at))
    return names[int(place)] if not math.isnan(place) and 0 <= place < len(names) else ""


def _count(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return float(len(nodes_of(run.give(args[0], at))))


def _count_non_empty(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return float(sum(node.text() != "" for node in nodes_of(run.give(args[0], at))))


def _sum(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    """Of no nodes it is no number, and so is a sum with an empty one: ODK Web Forms' reading."""
    numbers = [as_number(value) for value in _all(run, at, args)]
    return math.fsum(numbers) if numbers and not any(map(math.isnan, numbers)) else math.nan


def _extreme(pick: Callable[[list[float]], float]) -> Body:
    def call(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
        numbers = [as_number(value) for value in _all(run, at, args)]
        return math.nan if not numbers or any(map(math.isnan, numbers)) else float(pick(numbers))

    return call


def _join(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return as_text(run.give(args[0], at)).join(as_text(value) for value in _all(run, at, args[1:]))


def _concat(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return "".join(as_text(value) for value in _all(run, at, args))


def _checklist(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    low, high = as_number(run.give(args[0], at)), as_number(run.give(args[1], at))
    yes = sum(as_bool(value) for value in _all(run, at, args[2:]))
    return (low < 1 or yes >= low) and (high == -1 or yes <= high)


def _weighted_checklist(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    low, high = as_number(run.give(args[0], at)), as_number(run.give(args[1], at))
    total = 0.0
    for arg, weight in zip(args[2::2], args[3::2], strict=False):
        marks, weights = _all(run, at, (arg,)), _all(run, at, (weight,))
        total += sum(as_number(heavy) for mark, heavy in zip(marks, weights, strict=False) if as_bool(mark))
    return total >= low and (high == -1 or total <= high)


def _substr(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    """From `start` up to but not `end`, counted from 0; negative numbers count from the end."""
    text = as_text(run.give(args[0], at))
    places = [as_number(run.give(arg, at)) for arg in args[1:]]
    if any(map(math.isnan, places)):
        return ""
    start, end, *_ = [*(int(max(-1e9, min(place, 1e9))) for place in places), len(text)]
    start, end = (max(0, min(place + len(text) if place < 0 else place, len(text))) for place in (start, end))
    return text[start:end]


def _substring(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    """XPath's own: from 1, with a length, both rounded."""
    text = as_text(run.give(args[0], at))
    start = _half_up(as_number(run.give(args[1], at)))
    length = _half_up(as_number(run.give(args[2], at))) if len(args) > 2 else math.inf
    if math.isnan(start) or math.isnan(length):
        return ""
    return "".join(char for place, char in enumerate(text, 1) if start <= place < start + length)


def _half_up(number: float) -> float:
    return number if math.isnan(number) or math.isinf(number) else math.floor(number + 0.5)


def _round(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    """Half away from zero, as ODK has it: round(-12.125, 2) is -12.13 and round(-12.5) is -13, where XPath 1.0 has -12."""
    number = as_number(run.give(args[0], at))
    digits = as_number(run.give(args[1], at)) if len(args) > 1 else 0.0
    if math.isnan(digits):
        return math.nan
    scale = 10.0 ** max(-300.0, min(digits, 300.0))
    shifted = abs(number) * scale
    if math.isnan(shifted) or math.isinf(shifted):
        return number
    return math.copysign(math.floor(shifted + 0.5) / scale, number)


def _int(number: float) -> float:
    return number if math.isinf(number) else float(math.trunc(number))


def _whole(rounder: Callable[[float], int]) -> Callable[[float], float]:
    return lambda number: number if math.isinf(number) else float(rounder(number))


def _number(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    """A date made by another function stays one; a text that is a date is its days, and as text the whole ones."""
    value = _here(run, at, args)
    if isinstance(value, Stamp):
        return value
    number = as_number(value)
    written = None if isinstance(value, float | bool) else read_stamp(as_text(value).strip(SPACES), run.world.now)
    return number if written is None else Stamp(number, str(math.floor(number)))


def _string(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return as_text(_here(run, at, args))


def _string_length(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return float(len(as_text(_here(run, at, args))))


def _normalize_space(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return " ".join(as_text(_here(run, at, args)).split())


def _boolean(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return as_bool(run.give(args[0], at))


def _not(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return not as_bool(run.give(args[0], at))


def _translate(text: str, old: str, new: str) -> str:
    table: dict[int, str] = {}
    for place, char in enumerate(old):
        table.setdefault(ord(char), new[place : place + 1])
    return text.translate(table)


def _regex(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    text, pattern = (as_text(run.give(arg, at)) for arg in args)
    return run.world.match(pattern, text)


def _position(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    if not args:
        return float(at.position)
    nodes = nodes_of(run.give(args[0], at))
    return float(nodes[0].index) if nodes else math.nan


def _indexed_repeat(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    """The nodes of `args[0]` that lie in the numbered repeat instances that follow as pairs, from outer to inner."""
    within: Node | None = None
    pairs = [
        (nodes_of(run.give(args[n], at)), as_number(run.give(args[n + 1], at))) for n in range(1, len(args) - 1, 2)
    ]
    for instances, place in sorted(pairs, key=lambda pair: _depth(pair[0])):
        inside = [node for node in instances if within is None or within in above(node)]
        if math.isnan(place) or not 1 <= place <= len(inside):
            return []
        within = inside[int(place) - 1]
    return [node for node in nodes_of(run.give(args[0], at)) if within is None or within in above(node)]


def _depth(nodes: list[Node]) -> int:
    return len(list(above(nodes[0]))) if nodes else 0


def _instance(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    found = run.world.instance(as_text(run.give(args[0], at)))
    return [] if found is None else [found]


def _randomize(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    nodes = [*nodes_of(run.give(args[0], at))]
    if len(args) == 1:
        return shuffled(nodes, run.world.chance(at.current, "randomize"))
    return shuffled(nodes, _seed(run.give(args[1], at)))


def _seed(value: Value) -> int:
    """A number by its whole part; an empty text is 0; any other text by the first 64 bits of its SHA-256."""
    number = as_number(value)
    if math.isnan(number):
        text = as_text(value)
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True) if text else 0
    return int(max(-(2.0**63), min(number, 2.0**63 - 1024)))


def shuffled(nodes: Sequence[Node], seed: int) -> list[Node]:
    """The order that JavaRosa and ODK Web Forms give for the same seed: Park and Miller's generator, shuffled inside out."""
    state = int(math.fmod(seed, 2_147_483_647))
    if state <= 0:
        state += 2_147_483_646
    order: list[Node] = []
    for place, node in enumerate(nodes):
        state = state * 16_807 % 2_147_483_647
        other = int((state - 1) / 2_147_483_646 * (place + 1))
        if other == place:
            order.append(node)
        else:
            order.append(order[other])
            order[other] = node
    return order


def _random(run: Evaluator, at: Context, _args: tuple[Expr, ...]) -> Value:
    return (run.world.chance(at.current, "random") >> 11) / 2**53


def _uuid(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    digits = "".join(f"{run.world.chance(at.current, f'uuid{part}'):016x}" for part in range(2))
    text = (
        f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[int(digits[16], 16) % 4]}{digits[17:20]}-{digits[20:]}"
    )
    if not args:
        return text
    length = as_number(run.give(args[0], at))
    size = 0 if math.isnan(length) else int(max(0, min(length, 500)))
    return (text * (size // len(text) + 1))[:size]


def _now(run: Evaluator, _at: Context, _args: tuple[Expr, ...]) -> Value:
    now = run.world.now
    return stamp_of(now.replace(tzinfo=None), moment_text(now))


def _today(run: Evaluator, _at: Context, _args: tuple[Expr, ...]) -> Value:
    day = run.world.now.date()
    return Stamp((day - EPOCH).days, day.isoformat())


def _date(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    """A text as a date, padded where it was not ("2026-1-5"); a number as days since 1970."""
    value = run.give(args[0], at)
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return value if isinstance(value, Stamp) else _from_days(value, run.world.now)
    text = as_text(value)
    if not text:
        return ""
    hit = _UNPADDED.fullmatch(text)
    padded = f"{hit[1]}-{int(hit[2]):02d}-{int(hit[3]):02d}{hit[4] or ''}" if hit else text
    stamp = read_stamp(padded, run.world.now)
    if stamp is None:
        return Stamp(math.nan, "Invalid Date")
    return _from_days(float(stamp), run.world.now) if "T" in padded else stamp


def _from_days(days: float, zone: datetime) -> Value:
    try:
        moment = datetime(1970, 1, 1) + timedelta(seconds=round(days * 86_400, 3))  # noqa: DTZ001
    except (OverflowError, ValueError):
        return Stamp(math.nan, "Invalid Date")
    whole = moment.time() == datetime.min.time()
    words = moment.date().isoformat() if whole else moment_text(moment.replace(tzinfo=zone.tzinfo))
    return stamp_of(moment, words)


def _civil(run: Evaluator, value: Value) -> datetime | None:
    """The civil moment that a value names, for formatting; None where it names none."""
    if isinstance(value, bool):
        return None
    stamp = value if isinstance(value, float) else read_stamp(as_text(value), run.world.now)
    if stamp is None or math.isnan(stamp):
        return None
    try:
        return datetime(1970, 1, 1) + timedelta(seconds=round(stamp * 86_400, 3))  # noqa: DTZ001
    except (OverflowError, ValueError):
        return None


def _decimal_date_time(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    value = run.give(args[0], at)
    if isinstance(value, float):
        return float(value)
    stamp = None if isinstance(value, bool) else read_stamp(as_text(value), run.world.now)
    return math.nan if stamp is None else float(stamp)


def _decimal_time(text: str) -> float:
    hit = _TIME.fullmatch(text)
    if hit is None or int(hit[1]) > 23 or int(hit[2]) > 59 or int(hit[3] or 0) > 59:
        return math.nan
    seconds = int(hit[1]) * 3600 + int(hit[2]) * 60 + int(hit[3] or 0) + float(f"0.{hit[4] or 0}")
    return seconds / 86_400


_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # format-date's %a and %b are English in ODK
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE_MARKS: Final[dict[str, Callable[[datetime], str]]] = {
    "%Y": lambda moment: f"{moment.year:04d}",
    "%y": lambda moment: f"{moment.year:04d}"[2:],
    "%m": lambda moment: f"{moment.month:02d}",
    "%n": lambda moment: str(moment.month),
    "%b": lambda moment: _MONTHS[moment.month - 1],
    "%d": lambda moment: f"{moment.day:02d}",
    "%e": lambda moment: str(moment.day),
    "%a": lambda moment: _DAYS[moment.weekday()],
}
_TIME_MARKS: Final[dict[str, Callable[[datetime], str]]] = {
    "%H": lambda moment: f"{moment.hour:02d}",
    "%h": lambda moment: str(moment.hour),
    "%M": lambda moment: f"{moment.minute:02d}",
    "%S": lambda moment: f"{moment.second:02d}",
    "%3": lambda moment: f"{moment.microsecond // 1000:03d}",
}


def _format_date(marks: dict[str, Callable[[datetime], str]]) -> Body:
    def call(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
        moment = _civil(run, as_text(run.give(args[0], at)))
        wanted = as_text(run.give(args[1], at))
        if moment is None:
            return ""
        return re.sub("%.", lambda mark: marks[mark[0]](moment) if mark[0] in marks else mark[0], wanted)

    return call


def _digest(value: str, algorithm: str, encoding: str = "base64") -> str:
    names = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
    if algorithm not in names or encoding not in ("base64", "hex"):
        return ""
    made = hashlib.new(names[algorithm], value.encode(), usedforsecurity=False).digest()
    return made.hex() if encoding == "hex" else base64.b64encode(made).decode()


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def _itext(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    return run.world.itext(as_text(run.give(args[0], at)))


def _choice_name(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    value, path = (as_text(run.give(arg, at)) for arg in args)
    return run.world.choice_name(value, path, at.current)


def _substring_after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


def _substring_before(text: str, mark: str) -> str:
    return text.partition(mark)[0] if mark and mark in text else ""


_EARTH: Final = 6_378_100.0  # metres; ODK's radius


def _points(texts: Iterable[str]) -> list[tuple[float, float]]:
    """Latitudes and longitudes in radians, of points ("lat lon alt acc") or traces of them with semicolons between."""
    found: list[tuple[float, float]] = []
    for part in (part for text in texts for part in text.split(";") if part.strip()):
        numbers = [read_number(word) for word in part.split()[:2]]
        if len(numbers) < 2 or any(map(math.isnan, numbers)):
            return []
        found.append((math.radians(numbers[0]), math.radians(numbers[1])))
    return found


def _distance(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    points = _points(as_text(value) for value in _all(run, at, args))
    total = 0.0
    for (lat1, lon1), (lat2, lon2) in pairwise(points):
        cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon1 - lon2)
        total += math.acos(max(-1.0, min(1.0, cosine))) * _EARTH
    return _half_up(total * 100) / 100


def _area(run: Evaluator, at: Context, args: tuple[Expr, ...]) -> Value:
    points = _points(as_text(value) for value in _all(run, at, args))
    if len(points) < 3:
        return 0.0
    ring = points if points[0] == points[-1] else [*points, points[0]]
    total = sum((lon2 - lon1) * (2 + math.sin(lat2) + math.sin(lat1)) for (lat1, lon1), (lat2, lon2) in pairwise(ring))
    return abs(_half_up(total * _EARTH * _EARTH / 2 * 100) / 100)


FUNCTIONS: Final[dict[str, Function]] = {
    # XPath 1.0
    "last": Function(lambda _run, at, _args: float(at.size), 0, 0),
    "position": Function(_position, 0, 1),
    "count": Function(_count, 1, 1),
    "current": Function(lambda _run, at, _args: [at.current], 0, 0),
    "name": Function(lambda run, at, args: (nodes_of(_here(run, at, args)) or [at.node])[0].name, 0, 1),
    "local-name": Function(lambda run, at, args: (nodes_of(_here(run, at, args)) or [at.node])[0].name, 0, 1),
    "string": Function(_string, 0, 1),
    "concat": Function(_concat, 0, None),
    "starts-with": Function(_texts(str.startswith), 2, 2),
    "contains": Function(_texts(lambda text, part: part in text), 2, 2),
    "substring-before": Function(_texts(_substring_before), 2, 2),
    "substring-after": Function(_texts(_substring_after), 2, 2),
    "substring": Function(_substring, 2, 3),
    "string-length": Function(_string_length, 0, 1),
    "normalize-space": Function(_normalize_space, 0, 1),
    "translate": Function(_texts(_translate), 3, 3),
    "boolean": Function(_boolean, 1, 1),
    "not": Function(_not, 1, 1),
    "true": Function(lambda _run, _at, _args: True, 0, 0),
    "false": Function(lambda _run, _at, _args: False, 0, 0),
    "number": Function(_number, 0, 1),
    "sum": Function(_sum, 1, 1),
    "floor": Function(_numbers(_whole(math.floor)), 1, 1),
    "ceiling": Function(_numbers(_whole(math.ceil)), 1, 1),
    "round": Function(_round, 1, 2),
    # OpenRosa
    "if": Function(_if, 3, 3),
    "coalesce": Function(_coalesce, 2, None),
    "once": Function(_once, 1, 1),
    "selected": Function(_texts(_selected), 2, 2),
    "selected-at": Function(_selected_at, 2, 2),
    "count-selected": Function(_texts(lambda text: float(len(text.split()))), 1, 1),
    "count-non-empty": Function(_count_non_empty, 1, 1),
    "checklist": Function(_checklist, 2, None),
    "weighted-checklist": Function(_weighted_checklist, 2, None),
    "boolean-from-string": Function(_texts(lambda text: text in ("1", "true")), 1, 1),
    "join": Function(_join, 1, None),
    "substr": Function(_substr, 2, 3),
    "ends-with": Function(_texts(str.endswith), 2, 2),
    "regex": Function(_regex, 2, 2),
    "digest": Function(_texts(_digest), 2, 3),
    "base64-decode": Function(_texts(_decoded), 1, 1),
    "int": Function(_numbers(_int), 1, 1),
    "min": Function(_extreme(min), 1, None),
    "max": Function(_extreme(max), 1, None),
    "abs": Function(_numbers(abs), 1, 1),
    "pow": Function(_numbers(math.pow), 2, 2),
    "exp": Function(_numbers(math.exp), 1, 1),
    "exp10": Function(_numbers(lambda number: math.pow(10, number)), 1, 1),
    "log": Function(_numbers(lambda number: math.log(number) if number else -math.inf), 1, 1),
    "log10": Function(_numbers(lambda number: math.log10(number) if number else -math.inf), 1, 1),
    "sqrt": Function(_numbers(math.sqrt), 1, 1),
    "sin": Function(_numbers(math.sin), 1, 1),
    "cos": Function(_numbers(math.cos), 1, 1),
    "tan": Function(_numbers(math.tan), 1, 1),
    "asin": Function(_numbers(math.asin), 1, 1),
    "acos": Function(_numbers(math.acos), 1, 1),
    "atan": Function(_numbers(math.atan), 1, 1),
    "atan2": Function(_numbers(math.atan2), 2, 2),
    "pi": Function(lambda _run, _at, _args: math.pi, 0, 0),
    "random": Function(_random, 0, 0),
    "randomize": Function(_randomize, 1, 2),
    "uuid": Function(_uuid, 0, 1),
    "today": Function(_today, 0, 0),
    "now": Function(_now, 0, 0),
    "date": Function(_date, 1, 1),
    "date-time": Function(_date, 1, 1),
    "decimal-date-time": Function(_decimal_date_time, 1, 1),
    "decimal-time": Function(_texts(_decimal_time), 1, 1),
    "format-date": Function(_format_date(_DATE_MARKS), 2, 2),
    "format-date-time": Function(_format_date({**_DATE_MARKS, **_TIME_MARKS}), 2, 2),
    "indexed-repeat": Function(_indexed_repeat, 3, None),
    "instance": Function(_instance, 1, 1),
    "jr:itext": Function(_itext, 1, 1),
    "jr:choice-name": Function(_choice_name, 2, 2),
    "distance": Function(_distance, 1, None),
    "area": Function(_area, 1, 1),
}


def wrong_calls(tree: Expr) -> tuple[str, ...]:
    """What is wrong with the calls in it: functions that do not exist, and numbers of arguments that do not fit."""
    found: list[str] = []
    for name, count in functions_used(tree):
        function = FUNCTIONS.get(name)
        if function is None:
            found.append(f"unknown function {name}()")
        elif count < function.low or (function.high is not None and count > function.high):
            found.append(f"{name}() with {count} arguments")
    return tuple(dict.fromkeys(found))
