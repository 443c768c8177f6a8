"""Every stored field with its purpose, legal basis, period and way out (R47), read from the schema itself.

One rule: this is the only inventory; documents are made from it.
"""

from dataclasses import dataclass

from storage.schema import metadata


@dataclass(frozen=True, slots=True)
class Stored:
    """One column as the record of processing lists it (GDPR Art. 30)."""

    table: str
    column: str
    why: str
    purpose: str
    basis: str
    until: str
    erased: str


def inventory() -> tuple[Stored, ...]:
    """All columns, in the order of the tables' names. KeyError on a column that was declared without its reasons."""
    found = []
    for table in sorted(metadata.tables.values(), key=lambda it: it.name):
        for it in table.columns:
            kept = it.info["kept"]
            found.append(
                Stored(table.name, it.name, it.comment or "", kept.purpose, kept.basis, kept.until, kept.erased)
            )
    return tuple(found)
