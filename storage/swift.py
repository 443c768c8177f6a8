"""Core's statements on the driver itself: each is compiled once, and then costs what the driver's call costs.

One rule: nothing is decided here. What SQLAlchemy would send is sent, and what it would give is given; it is only not worked
out anew each time, which costs more than SQLite takes to do it.

A statement that is run for the first time, one whose text depends on its values (an IN of a list), and many rows at once
go through SQLAlchemy.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, CursorResult, Dialect, Select
from sqlalchemy.sql.dml import UpdateBase

Values: TypeAlias = Mapping[str, Any]
Change: TypeAlias = Callable[[Any], Any]  # of a value on its way in or out


class Rows:
    """What a statement gave: of CursorResult what our performers use."""

    __slots__ = ("rowcount", "rows")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self.rows, self.rowcount = rows, rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def all(self) -> list[Any]:
        """Every row."""
        return self.rows

    def first(self) -> Any:
        """The first row, or None."""
        return self.rows[0] if self.rows else None

    def one(self) -> Any:
        """The only row. ValueError where there is none, or more than one."""
        (row,) = self.rows
        return row

    def scalars(self) -> "Rows":
        """The first value of each row."""
        return Rows([row[0] for row in self.rows], self.rowcount)

    def scalar(self) -> Any:
        """The first value of the first row, or None."""
        return self.rows[0][0] if self.rows else None

    def scalar_one_or_none(self) -> Any:
        """The first value of the only row, or None where there is no row. ValueError where there are more."""
        return self.scalar_one() if self.rows else None

    def scalar_one(self) -> Any:
        """The first value of the only row. ValueError where there is none, or more than one."""
        return self.one()[0]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as the driver takes it: `binds` are name, change and constant of each of its marks, in order."""

    text: str
    binds: tuple[tuple[str, Change | None, Any], ...]
    row: Callable[[Sequence[Any]], Any] | None

    @classmethod
    def of(cls, statement: Any, names: Sequence[str], dialect: Dialect) -> "Prepared | None":
        """For values of these names; None where the text depends on the values."""
        compiled = statement.compile(dialect=dialect, column_keys=sorted(names))
        marks = compiled.positiontup
        if marks is None or compiled.post_compile_params or compiled.literal_execute_params:
            return None
        constants = compiled.construct_params(_check=False)
        kinds = {name: bind.type for bind, name in compiled.bind_names.items()}
        binds = tuple((name, _change(kinds[name], dialect, inward=True), constants[name]) for name in marks)
        return cls(compiled.string, binds, _row(statement, dialect))

    def run(self, cursor: Any, values: Values) -> Rows:
        """Run it on a cursor of the driver's."""
        given = [
            values.get(name, constant) if change is None else change(values.get(name, constant))
            for name, change, constant in self.binds
        ]
        cursor.execute(self.text, given)
        return Rows([*map(self.row, cursor.fetchall())] if self.row else [], cursor.rowcount)


# By statement, then by the names of the values. A statement that is gone takes its entry along.
Known: TypeAlias = "WeakKeyDictionary[Any, dict[tuple[str, ...], Prepared | None]]"
_known: dict[str, Known] = {"sqlite": WeakKeyDictionary(), "postgresql": WeakKeyDictionary()}


@dataclass(slots=True)
class Swift:
    """A connection in a transaction, for statements that live as long as the program."""

    conn: Connection
    driver: Any  # its connection by the Python database API
    dialect: Dialect
    known: Known

    @classmethod
    def of(cls, conn: Connection) -> "Swift":
        return cls(conn, conn.connection.dbapi_connection, conn.dialect, _known[conn.dialect.name])

    def execute(self, statement: Any, values: Values | Sequence[Values] | None = None) -> "Rows | CursorResult[Any]":
        """As Connection.execute. The driver's own Error where that raises DBAPIError."""
        known = self.known.get(statement)
        if known is None:
            self.known[statement] = {}
            return self.conn.execute(statement, values)
        if values is None:
            values = {}
        elif not isinstance(values, dict):
            return self.conn.execute(statement, values)
        names = tuple(values)
        try:
            prepared = known[names]
        except KeyError:
            prepared = known[names] = Prepared.of(statement, names, self.dialect)
        return prepared.run(self.driver.cursor(), values) if prepared else self.conn.execute(statement, values)


Conn: TypeAlias = Connection | Swift


def _row(statement: Any, dialect: Dialect) -> Callable[[Sequence[Any]], Any] | None:
    """What makes a row of what the driver gives; None where the statement gives no rows."""
    if isinstance(statement, Select):
        columns = statement.column_descriptions
    elif isinstance(statement, UpdateBase):
        columns = statement.returning_column_descriptions
    else:
        columns = [{"name": it.name, "type": it.type} for it in statement.selected_columns]  # a union
    if not columns:
        return None
    names = [str(it["name"]) for it in columns]
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # known here alone
    changes = [_change(it["type"], dialect, inward=False) for it in columns]
    if not any(changes):
        return kind._make
    return lambda row: kind._make(
        [value if change is None else change(value) for change, value in zip(changes, row, strict=True)]
    )


def _change(kind: Any, dialect: Dialect, *, inward: bool) -> Change | None:
    here = kind.dialect_impl(dialect)
    change: Change | None = here.bind_processor(dialect) if inward else here.result_processor(dialect, None)
    return change
