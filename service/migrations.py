"""Bringing a database to the present shape, and telling when it is not."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from service import db
from service.errors import OperatorError
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
        OperatorError: the database is not migrated, or was migrated by a newer version.
    """
    found, wanted = revision(), ScriptDirectory.from_config(_config()).get_current_head()
    if found != wanted:
        state = "has no tables yet" if found is None else f"has shape {found}, and {wanted} is needed"
        raise OperatorError(f"The database {state}. Bring it up to date: python -m bot migrate.")
