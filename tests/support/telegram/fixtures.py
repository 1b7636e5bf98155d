"""Fixtures for tests against the emulator; a test module names this one in `pytest_plugins`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from .client import Person, Telegram
from .library import Poller, library_bot
from .running import emulator


@pytest.fixture
async def sim() -> AsyncIterator[Telegram]:
    """An emulator in this test's event loop."""
    async with emulator() as running:
        yield running


@pytest.fixture
async def bot(sim: Telegram) -> AsyncIterator[Bot]:
    """The library's bot, talking to it."""
    async with library_bot(sim) as library:
        yield library


@pytest.fixture
def poller(bot: Bot) -> Poller:
    """Fetches what people send to that bot."""
    return Poller(bot)


@pytest.fixture
async def lan(sim: Telegram) -> Person:
    """Somebody the bot may write to already."""
    return await sim.person(
        "岚", last_name="试", username="lan_example", phone="+8613900000001", started=True
    )
