"""The migrations make just the tables that the models describe, and the program refuses any other shape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.types import Variant

from service import db, migrations
from service.errors import OperatorError
from service.models import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def without_tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[db.Engine]:
    """A database of each kind that nothing has been made in."""
    if request.param == "sqlite":
        engine = db.connect(f"sqlite:///{tmp_path}/empty.db")
    else:
        engine = request.getfixturevalue("postgres")
        metadata.drop_all(engine)
    db.use(engine)
    yield engine
    db.use(None)


def test_migrating_makes_the_tables_of_the_models(without_tables: db.Engine) -> None:
    migrations.upgrade()
    with without_tables.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _type_differs})
        assert compare_metadata(context, metadata) == []


def test_rows_are_numbered_by_the_database(without_tables: db.Engine) -> None:
    migrations.upgrade()
    with without_tables.begin() as connection:
        connection.execute(text("INSERT INTO offices (name, demonstration) VALUES ('甲局', false)"))
        assert connection.execute(text("SELECT id FROM offices")).scalar_one() == 1


def test_an_unmigrated_database_is_refused_with_what_to_do(without_tables: db.Engine) -> None:
    with pytest.raises(OperatorError, match="python -m bot migrate"):
        migrations.require_current()
    migrations.upgrade()
    migrations.require_current()


def _type_differs(_context: Any, _inspected: Any, _column: Any, _found: Any, wanted: Any) -> bool | None:
    return False if isinstance(wanted, Variant) else None
