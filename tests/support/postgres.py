"""A real PostgreSQL from the pgserver wheel, started once a test run; each test has an empty database of its own."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from typing import Any

import pgserver
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from service import db
from service.models import metadata

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """The server; a template database holds the tables, so that a test's own is a quick copy."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        _statement(server, "CREATE DATABASE template_of_tests")
        engine = db.connect(database_url(server, "template_of_tests"))
        metadata.create_all(engine)
        engine.dispose()
        yield server
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: Any) -> Iterator[str]:
    """The URL of an empty database with its tables."""
    name = f"test_{next(_numbers)}"
    _statement(postgres_server, f"CREATE DATABASE {name} TEMPLATE template_of_tests")
    yield database_url(postgres_server, name)
    _statement(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[db.Engine]:
    """An empty PostgreSQL database with its tables."""
    engine = db.connect(postgres_url)
    db.use(engine)
    yield engine
    db.use(None)
    engine.dispose()


def database_url(server: Any, name: str) -> str:
    """The URL of one of the server's databases."""
    return make_url(server.get_uri()).set(database=name).render_as_string(hide_password=False)


def _statement(server: Any, statement: str) -> None:
    engine = create_engine(server.get_uri(), isolation_level="AUTOCOMMIT", future=True)
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
