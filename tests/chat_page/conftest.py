"""What the stories about the chat page start from: a home of their own, an office, a running page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service import db, encryption, settings
from service.organisations.models import Office
from service.people.models import Person
from tests.chat_page.running import Server


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """ASSISTANT_HOME, with nothing in it."""
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path))
    cached = (settings.settings, settings.data_key, encryption._cipher)
    for function in cached:
        function.cache_clear()
    yield tmp_path
    for function in cached:
        function.cache_clear()


@pytest.fixture
def demonstration() -> list[Person]:
    """A demonstration office with two sample people; the test brings the database."""
    people = [
        Person(name="陈秀兰", birth_year=1950, former_unit="青溪县示例中学"),
        Person(name="石大山", birth_year=1938, status="离休", activity_class="不能参加"),
    ]
    with db.unit_of_work() as session:
        session.add(Office(name="青溪县老干部局", phone="0000-1234567", demonstration=True))
        session.add_all(people)
    return people


@pytest.fixture
def server(sqlite: db.Engine) -> Iterator[Server]:
    """The page served at `server.url`, with a conversation behind it."""
    running = Server()
    yield running
    running.stop()
