"""What every test may use: a database of each kind, a clock that stands still, and somebody to talk to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# Settings are read once a process, so the tests' own home is named before anything reads them.
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
for _name in ("DATABASE_URL", "DATA_KEY", "TELEGRAM_BOT_TOKEN", "TELEGRAM_BASE_URL"):
    os.environ[_name] = ""

from bot import logs  # noqa: E402
from service import db  # noqa: E402
from service.models import metadata  # noqa: E402

pytest_plugins = ["tests.support.postgres", "tests.support.talk", "tests.support.telegram.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Quiet the libraries as the assistant does."""
    logs.set_up("WARNING")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out by name what this machine cannot run."""
    if "browser" in os.environ.get("TESTS_WITHOUT", ""):
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[db.Engine]:
    """An empty SQLite database in a file, with its tables."""
    engine = db.connect(f"sqlite:///{tmp_path}/test.db")
    metadata.create_all(engine)
    db.use(engine)
    yield engine
    db.use(None)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> db.Engine:
    """An empty database of each kind in turn, with its tables."""
    return request.getfixturevalue("sqlite" if request.param == "sqlite" else "postgres")  # type: ignore[no-any-return]
