"""How a column is declared here: with what it is for, on which legal basis, for how long, and how a person erases it.

One rule: a column without these four does not exist (R47); storage.inventory lists them, and a test reads the list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Column, ColumnElement, Dialect, LargeBinary, MetaData, String, literal_column
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SEALED_VERSION = b"\x01"  # the first byte of every sealed value: see storage.keys
SEALED_MORE = 33  # bytes that sealing adds: version 1, key id 4, nonce 12, tag 16

# Names are fixed, so that a migration can name a constraint on every database.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as UTC microseconds in a BIGINT: the same number on every database, and no naive time anywhere."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = BigInteger
    cache_ok: bool | None = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Raises TypeError on a naive datetime."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The instant, in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


class Sealed(TypeDecorator[bytes]):
    """Bytes that storage.keys sealed. A plain value is refused here, so a forgotten seal is a failing test, not a leak."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = LargeBinary
    cache_ok: bool | None = True

    @override
    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Raises ValueError on bytes that nobody sealed. The value itself is not in the message."""
        if value is not None and (len(value) < SEALED_MORE or not value.startswith(SEALED_VERSION)):
            raise ValueError("this column takes sealed values only")
        return value


@dataclass(frozen=True, slots=True)
class Kept:
    """Why something is stored (`purpose`), by what right (`basis`), until when (`until`), and what erasing does (`erased`)."""

    purpose: str
    basis: str
    until: str
    erased: str


def column(kept: Kept, name: str, kind: TypeEngine[T] | type[TypeEngine[T]], why: str, **more: Any) -> Column[T]:
    """A column that says why it is there. NOT NULL unless `nullable=True`; `more` goes to SQLAlchemy's Column.

    The database has `why` as its comment; how long and how it is erased may change without a migration.
    """
    more.setdefault("nullable", False)
    return Column(name, kind, comment=why, info={"kept": kept}, **more)


def among(of: ColumnElement[str], words: Iterable[str]) -> ColumnElement[bool]:
    """`of` is one of some words of ours. They stand in the statement's text: so both databases know which partial index
    serves, and the text is the same each time."""
    return of.in_([literal_column(repr(word)) for word in words])


def hub_id(kept: Kept) -> Column[str]:
    """The first part of every primary key."""
    return column(kept, "hub_id", String(), "The hub that the row belongs to.", primary_key=True)
