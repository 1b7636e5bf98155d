"""Somebody to talk to: the real agent, inbox and outbox, with a clock that stands still."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.app import RECHECKS, load_agent
from bot.outside import OneChat, Reply
from service import clock
from service.db import unit_of_work
from service.messages import chats
from service.organisations.models import Office
from service.people import queries
from service.people.models import Person, Phone

MONDAY = clock.parse("2026-11-23T09:30")


class StandingClock:
    """A clock that moves only when told to."""

    def __init__(self, moment: datetime = MONDAY) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def set(self, moment: str) -> None:
        """Make it this time, ISO 8601, in Asia/Shanghai."""
        self.moment = clock.parse(moment)

    def forward(self, **duration: float) -> None:
        """Let time pass: forward(hours=3)."""
        self.moment += timedelta(**duration)


class Talk:
    """A chat of one person, or of a stranger, with the assistant."""

    _numbers = itertools.count()

    def __init__(self, agent: Any, standing: StandingClock) -> None:
        self._agent, self.clock = agent, standing
        self._one: OneChat | None = None
        self.last: list[Reply] = []

    def as_person(self, name: str) -> Talk:
        """Be this person of the roster, in a chat of their own."""
        (person,) = queries.by_name(name)
        chat = chats.open_chat("terminal", f"person-{person.id}", self.clock())
        chats.bind(chat, person, "staff", self.clock())
        return self._in(chats.get_chat(chat.id))

    def as_stranger(self) -> Talk:
        """Be somebody whom nobody knows."""
        return self._in(chats.open_chat("terminal", f"stranger-{next(self._numbers)}", self.clock()))

    def _in(self, chat: Any) -> Talk:
        other = Talk(self._agent, self.clock)
        other._one = OneChat(chat, self._agent, self.clock, RECHECKS)
        return other

    @property
    def chat(self) -> Any:
        """The chat as it is now."""
        assert self._one is not None
        return chats.get_chat(self._one.chat.id)

    async def say(self, words: str) -> list[Reply]:
        """Write words; returns what the person then sees."""
        return await self.send("words", {"text": words})

    async def press(self, words: str) -> list[Reply]:
        """Press the button of the latest message that says so."""
        return await self.send("press", {"words": words})

    async def press_token(self, token: str) -> list[Reply]:
        """Press a button of any message by its token."""
        return await self.send("press", {"token": token})

    async def send(self, kind: str, payload: dict[str, Any]) -> list[Reply]:
        """Send anything an inbox row can hold."""
        assert self._one is not None
        self.last = await self._one.turn(kind, payload, f"test-{next(self._numbers)}")
        return self.last

    async def delivered(self) -> list[Reply]:
        """What has come to the chat unasked since."""
        assert self._one is not None
        self.last = await self._one.delivered()
        return self.last

    @property
    def text(self) -> str:
        """Everything last said, one message after the other."""
        return "\n".join(reply.text for reply in self.last)

    @property
    def buttons(self) -> list[str]:
        """The words on the buttons last shown."""
        return [button.title for reply in self.last for button in reply.buttons]


@pytest.fixture(scope="session")
def agent() -> Any:
    """The agent on the trained model."""
    return load_agent()


@pytest.fixture
def talk(agent: Any, sqlite: Any) -> Iterator[Talk]:
    """The assistant on an empty SQLite database with one office; be somebody with as_person or as_stranger."""
    with unit_of_work() as session:
        session.add(Office(name="银溪县老干部局", region="银溪县", phone="0000-8123456"))
    return Talk(agent, StandingClock())


def enrol(name: str, phone: str = "", **details: Any) -> Person:
    """Put somebody on the roster."""
    with unit_of_work() as session:
        person = Person(name=name, **details)
        session.add(person)
        session.flush()
        if phone:
            session.add(Phone(person_id=person.id, number=phone))
            session.flush()
        return person
