"""Alembic's environment: runs on the connection that service.migrations hands over, or on DATABASE_URL."""

from __future__ import annotations

from alembic import context

from service import db
from service.models import metadata


def _run(connection: object) -> None:
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with db.engine().begin() as opened:
        _run(opened)
