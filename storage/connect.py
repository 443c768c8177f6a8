"""Which engine serves an address.

One rule: what the other one needs is not imported. A first prompt must not wait for that.
"""

from storage.address import Address
from storage.database import Database


def connect(address: Address, owner: str = "") -> Database:
    """The engine for an address; `owner` is the process, as `fence` names it."""
    if address.path is not None:
        from storage.sqlite import Sqlite  # noqa: PLC0415

        return Sqlite(address)
    from storage.postgres import Postgres  # noqa: PLC0415

    return Postgres(address, owner)
