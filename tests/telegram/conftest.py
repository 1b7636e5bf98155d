"""What the stories on Telegram start from: an office with an empty database, an emulator, an assistant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from service import db, encryption, settings
from service.db import unit_of_work
from service.organisations.models import Office
from tests.support.telegram.client import Telegram
from tests.telegram.desk import Desk
from tests.telegram.running import Assistant


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set settings by name; an empty ASSISTANT_HOME is set already."""
    cached = (settings.settings, settings.data_key, encryption._cipher)

    def set_(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name.upper(), value)
        for function in cached:
            function.cache_clear()

    set_(assistant_home=str(tmp_path))
    yield set_
    monkeypatch.undo()
    for function in cached:
        function.cache_clear()


@pytest.fixture
def office(configure: Callable[..., None], sqlite: db.Engine) -> Office:
    """An office with a telephone."""
    made = Office(name="青溪县老干部局", region="青溪县", phone="0000-1234567")
    with unit_of_work() as session:
        session.add(made)
        session.flush()
    return made


@pytest.fixture
def desk() -> Desk:
    """What answers."""
    return Desk()


@pytest.fixture
def pointed(configure: Callable[..., None], sim: Telegram) -> Callable[..., None]:
    """The settings name the emulator."""
    configure(telegram_bot_token=sim.token, telegram_base_url=sim.url)
    return configure


@pytest.fixture
async def assistant(office: Office, pointed: object, desk: Desk) -> AsyncIterator[Assistant]:
    """The assistant, serving."""
    async with Assistant(desk).running() as running:
        yield running
