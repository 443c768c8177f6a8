"""What can be wrong with a store, as exceptions.

One rule: each message is one line that the person who starts the program can act on; no value of a person stands in it.
"""


class StoreError(Exception):
    """The store was called or configured wrongly: a key, an address, a schema, a text. str() is the line to show."""


class DamagedError(StoreError):
    """What should be the database is no database any more."""


class Unavailable(Exception):  # noqa: N818  # it is said about the database: "is unavailable"
    """The database cannot serve now (busy beyond all tries, gone, full). The same unit may be run again later."""
