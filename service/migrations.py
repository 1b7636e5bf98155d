"""Bringing a database to the present shape, and telling when it is not."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select

from service import db
from service.errors import OperatorError
from service.matters.models import matters
from service.messages.models import inbox, outbox
from service.settings import ROOT


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def upgrade() -> None:
    """Migrate the database of DATABASE_URL to the newest shape."""
    with db.engine().begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision() -> str | None:
    """The shape the database has; None for an empty one."""
    with db.engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current() -> None:
    """Refuse to run on a database of another shape.

    Raises:
        OperatorError: the database is not migrated, was migrated by a newer version, or was written with another
            DATA_KEY.
    """
    found, wanted = revision(), ScriptDirectory.from_config(_config()).get_current_head()
    if found != wanted:
        state = "has no tables yet" if found is None else f"has shape {found}, and {wanted} is needed"
        raise OperatorError(f"The database {state}. Bring it up to date: python -m bot migrate.")
    _require_key()


def _require_key() -> None:
    """Refuse to run with another DATA_KEY than the one that the database was written with."""
    with db.reading() as session:
        for column in (inbox.c.payload, outbox.c.payload, matters.c.subject):
            # Reading one is the proof; the column's type raises when the key does not fit.
            session.execute(select(column).where(column.is_not(None)).limit(1)).scalar()
