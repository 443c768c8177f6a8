"""Alembic's way in. One rule: it is given an open connection, and its transaction is the caller's: all or nothing."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from storage.schema import metadata


def render(kind: str, it: Any, autogen: Any) -> str | Literal[False]:  # noqa: ARG001  # alembic's signature
    """A migration is frozen: our own types stand in it as what they are in the database."""
    if kind == "type" and isinstance(it, TypeDecorator):
        return f"sa.{type(it.impl_instance).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
    render_item=render,
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
