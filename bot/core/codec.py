"""Domain objects as plain data and back, by their type hints: what publishing stores and every release can read again.

One rule: the plain data of equal objects is equal, byte for byte, in every process (canonical JSON), so its SHA-256 is a
version. A field with its default value is left out: adding one to a type does not change the version of any old text.
"""

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.core.form.model import Form, from_json, to_json
from bot.core.message import Json

T = TypeVar("T")


def canonical(data: Json) -> bytes:
    """The one spelling of plain data: UTF-8, sorted keys, no blanks. ValueError on NaN or a lone surrogate."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def version(data: Json) -> str:
    """The SHA-256 of canonical plain data, in hex: the name under which a published text is kept for ever."""
    return sha256(canonical(data)).hexdigest()


def dump(value: Any) -> Json:
    """Plain data for a dataclass of plain values, tuples, mappings, dates, times and other such dataclasses."""
    if isinstance(value, Form):
        return to_json(value)  # a form has a format of its own, without its parsed expressions
    if is_dataclass(value) and not isinstance(value, type):
        return {
            it.name: dump(getattr(value, it.name)) for it in fields(value) if getattr(value, it.name) != _default(it)
        }
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): dump(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [dump(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"no plain data for {type(value).__name__}")


def load(kind: type[T], data: Json) -> T:
    """The inverse of dump, for the type that was dumped. TypeError or ValueError where the data does not fit."""
    try:
        result: T = _load(kind, data)
    except (LookupError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"not a {kind.__name__}") from error
    return result


def _default(it: "Field[Any]") -> object:
    if it.default is not MISSING:
        return it.default
    return it.default_factory() if it.default_factory is not MISSING else MISSING


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _load(kind: Any, data: Any) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if data is None and type(None) in args:
            return None
        return _load(next(arg for arg in args if arg is not type(None)), data)
    if origin is not None and isinstance(data, str):
        raise TypeError("text where a list or an object was expected")
    if origin is tuple:
        if args[1:] == (...,):
            return tuple(_load(args[0], inner) for inner in data)
        return tuple(_load(arg, inner) for arg, inner in zip(args, data, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        return {_load(args[0], key): _load(args[1], inner) for key, inner in data.items()}
    if origin is not None and issubclass(origin, Sequence):
        return tuple(_load(args[0], inner) for inner in data)
    if kind is Form:
        return from_json(data)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(
            **{it.name: _load(hints[it.name], data[it.name]) for it in fields(kind) if it.init and it.name in data}
        )
    return _plain(kind, data)


def _plain(kind: Any, data: Any) -> Any:
    if kind in (datetime, date, time):
        return kind.fromisoformat(data)
    if kind is Decimal:
        return Decimal(data)
    if kind in (str, int, float, bool) and type(data) is not kind and (kind, type(data)) != (float, int):
        raise TypeError(f"{type(data).__name__} where {kind.__name__} was expected")
    return data
