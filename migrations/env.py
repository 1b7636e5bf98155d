"""Alembic's environment: runs on the connection that service.migrations hands over, or on DATABASE_URL."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator, Variant

from service import db
from service.models import metadata


def _render(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that no migration depends on later code."""
    if kind == "type" and isinstance(item, Variant):
        return "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def _type_differs(
    _context: Any, _inspected: Any, _column: Any, _found: Any, wanted: Any
) -> Literal[False] | None:
    """Do not compare row ids, which differ by database on purpose; leave the rest to Alembic."""
    return False if isinstance(wanted, Variant) else None


def _run(connection: Any) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=_type_differs,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with db.engine().begin() as opened:
        _run(opened)
