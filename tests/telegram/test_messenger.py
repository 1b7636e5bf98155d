"""Delivery to Telegram: what surely did not arrive is sent again, what may have arrived is marked, nothing twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery import Delivery
from bot.telegram.keyboards import under
from bot.telegram.pace import Pace
from bot.telegram.serving import Telegram as Side
from bot.telegram.text import parts
from service import clock, wording
from service.messages import chats, gates, outbox, uncertain
from service.messages.models import Chat, Outgoing
from service.wording import Utterance
from tests.support.talk import MONDAY, StandingClock
from tests.support.telegram.client import Person, Telegram


class Sender:
    """Delivery to one person on Telegram, with a clock that stands still."""

    def __init__(self, person: Person, standing: StandingClock) -> None:
        self.person, self.clock = person, standing
        self.chat: Chat = chats.open_chat("telegram", str(person.id), standing())
        self.sides: list[Side] = []
        self.restart()

    def restart(self) -> None:
        """As after the process was started anew."""
        self.side = Side(self.clock, lambda: None, gateway=False)
        self.sides.append(self.side)
        self.delivery = Delivery({"telegram": self.side.messenger}, {}, self.clock)

    def reply(self, text: str = "您好", **more: Any) -> Outgoing:
        """An answer somebody waits for."""
        return outbox.reply(self.chat.id, Utterance(text), self.clock(), **more)

    def notice(self, text: str = "通知") -> Outgoing:
        """Something unasked."""
        return outbox.write_to_chat(self.chat.id, "notice", Utterance(text), self.clock())

    async def deliver(self) -> None:
        """Send what is due."""
        while await self.delivery.deliver_due():
            pass


@pytest.fixture
async def sender(lan: Person, pointed: Callable[..., None], office: object) -> AsyncIterator[Sender]:
    """Delivery to 岚."""
    made = Sender(lan, StandingClock())
    yield made
    for side in made.sides:
        async with side.serving():
            pass


async def _texts(sender: Sender) -> list[str]:
    return await sender.person.texts()


@pytest.mark.parametrize("write", [Sender.reply, Sender.notice])
async def test_a_refused_connection(sim: Telegram, sender: Sender, write: Any) -> None:
    """Nobody listens: the row waits two seconds, and is sent once when somebody does."""
    await sim.request("POST", "listener", {"open": False})
    row = write(sender)
    await sender.deliver()
    assert outbox.get(row.id).state == "pending"
    assert outbox.get(row.id).due_at == MONDAY + timedelta(seconds=2)
    await sim.request("POST", "listener", {"open": True})
    sender.clock.forward(seconds=3)
    await sender.deliver()
    assert outbox.get(row.id).state == "sent"
    assert len(await _texts(sender)) == 1


@pytest.mark.parametrize("kind", ["lost", "dropped", "cut"])
async def test_an_answer_of_unknown_fate(sim: Telegram, sender: Sender, kind: str) -> None:
    """The connection breaks after sending: an answer is sent once more and says so, and the first one is listed."""
    await sim.fault(kind, method="sendMessage", count=1)
    row = sender.reply()
    await sender.deliver()
    assert [found.row.id for found in uncertain.uncertain()] == [row.id]
    assert (await _texts(sender))[-1] == "（重发）您好"
    assert len(await _texts(sender)) == (1 if kind == "lost" else 2)


@pytest.mark.parametrize("kind", ["lost", "dropped"])
async def test_a_notice_of_unknown_fate(sim: Telegram, sender: Sender, kind: str) -> None:
    """Something unasked is never sent again by itself."""
    await sim.fault(kind, method="sendMessage", count=1)
    row = sender.notice()
    await sender.deliver()
    assert [found.row.id for found in uncertain.uncertain()] == [row.id]
    assert len(await _texts(sender)) == (0 if kind == "lost" else 1)


async def test_a_server_error(sim: Telegram, sender: Sender) -> None:
    """A 502 says nothing about whether it was done."""
    await sim.fault("error", method="sendMessage", code=502, count=1)
    sender.reply()
    await sender.deliver()
    assert await _texts(sender) == ["（重发）您好"]


async def test_asked_to_wait(sim: Telegram, sender: Sender) -> None:
    """Telegram says 429: nothing at all is sent until then, not even after a restart, and then in order."""
    await sim.fault("error", method="sendMessage", code=429, retry_after=3600, count=1)
    first, second = sender.reply("一"), sender.reply("二")
    await sender.deliver()
    deadline = MONDAY + timedelta(hours=1)
    assert gates.closed_until("telegram") == deadline
    calls = len(await sim.calls(method="sendMessage"))
    sender.restart()
    sender.clock.forward(minutes=59)
    third = sender.reply("三")
    await sender.deliver()
    assert len(await sim.calls(method="sendMessage")) == calls
    assert {outbox.get(row.id).due_at for row in (first, second, third)} <= {deadline, third.due_at}
    sender.clock.forward(minutes=2)
    for _ in range(5):
        await sender.deliver()
        sender.clock.forward(seconds=1)
    assert await _texts(sender) == ["一", "二", "三"]


async def test_blocked(sim: Telegram, sender: Sender) -> None:
    """A person who blocked the assistant is not written to again."""
    await sender.person.do("block")
    first, second = sender.notice(), sender.notice()
    await sender.deliver()
    assert [outbox.get(row.id).state for row in (first, second)] == ["blocked", "blocked"]
    assert len(await sim.calls(method="sendMessage")) == 1


async def test_refused_for_good(sim: Telegram, sender: Sender) -> None:
    """Telegram will not take it: it is not tried again, and the reason is kept without the words."""
    await sim.fault(
        "error", method="sendMessage", code=400, description="Bad Request: chat is weird", count=1
    )
    row = sender.reply("私房话")
    await sender.deliver()
    kept = outbox.get(row.id)
    assert (kept.state, kept.error) == ("failed", "Chat is weird")
    assert len(await sim.calls(method="sendMessage")) == 1


async def test_a_revoked_token(sim: Telegram, sender: Sender) -> None:
    """Nothing is lost while the token is refused."""
    old = sim.token
    await sim.request("POST", "token", {})
    row = sender.reply()
    await sender.deliver()
    assert outbox.get(row.id).state == "pending"
    await sim.request("POST", "token", {"token": old})
    sender.clock.forward(seconds=61)
    await sender.deliver()
    assert outbox.get(row.id).state == "sent"


async def test_a_slow_telegram(sim: Telegram, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer within our patience: the fate is unknown."""
    monkeypatch.setattr("bot.telegram.transport.READ", 0.2)
    await sim.fault("slow", method="sendMessage", seconds=1, count=1)
    row = sender.reply()
    await sender.deliver()
    assert outbox.get(row.id).state == "uncertain"
    assert await _texts(sender) == ["您好", "（重发）您好"]


async def test_half_of_a_long_answer(sim: Telegram, sender: Sender) -> None:
    """The second part of a long answer fails: all of it is sent once more, marked."""
    long = "这是一句话。" * 1000
    real, calls = sender.side.messenger._bot.send_message, []

    async def second_fails(*args: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            await sim.request("POST", "listener", {"open": False})
        return await real(*args, **named)

    sender.side.messenger._bot = _With(sender.side.messenger._bot, second_fails)  # type: ignore[assignment]
    row = sender.reply(long)
    await sender.deliver()
    assert outbox.get(row.id).state == "uncertain"
    await sim.request("POST", "listener", {"open": True})
    sender.clock.forward(seconds=5)
    await sender.deliver()
    said = await _texts(sender)
    assert "".join(said[1:]).replace("（重发）", "") == long


class _With:
    """A bot one of whose methods is replaced."""

    def __init__(self, bot: Any, send_message: Any) -> None:
        self._bot, self.send_message = bot, send_message

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bot, name)


async def test_the_pace_telegram_publishes(sim: Telegram, sender: Sender) -> None:
    """At the pace we keep ourselves, an emulator that holds us to Telegram's never has to refuse."""
    people = [await sim.person(f"人{n}", started=True) for n in range(60)]
    for person in people:
        chat = chats.open_chat("telegram", str(person.id), MONDAY)
        outbox.write_to_chat(chat.id, "notice", Utterance("通知"), MONDAY)
    sent = []
    for _ in range(30):
        await sender.deliver()
        sent.append(len(await sim.calls(method="sendMessage")))
        sender.clock.forward(seconds=0.1)
    assert sent[-1] == 60
    assert max(after - before for before, after in zip(sent, sent[10:], strict=False)) <= 31


def test_the_pace_in_a_chat() -> None:
    """A few messages at once, then one a second, each with its own place; answers to others do not wait for them."""
    pace, at = Pace(), MONDAY
    moments = [pace.admit(number, "5", at, asked=True) for number in range(7)]
    assert [(moment - at).total_seconds() for moment in moments] == [0, 0, 0, 0, 1, 2, 3]
    assert pace.admit(90, "6", at, asked=True) == at
    later = at + timedelta(seconds=1)
    assert pace.admit(4, "5", later, asked=True) == later
    assert pace.admit(5, "5", later, asked=True) > later


@pytest.mark.parametrize("limit", [10, 50, 4096])
def test_long_texts_are_cut_at_sentences(limit: int) -> None:
    """All of a text is said, no part is too long, and most end with a sentence."""
    text = "今天去河边走走，看看花。𠮷野家的饭也好！" * 400
    cut = parts(text, limit)
    assert "".join(cut) == text
    assert all(sum(2 if char > "\uffff" else 1 for char in part) <= limit for part in cut)
    assert parts("短", limit) == ["短"]


def test_the_menu_means_the_same_everywhere() -> None:
    """The keys at the bottom stand for the buttons of the menu, in their order, and so take their place."""
    menu, keys = wording.say("main_menu").buttons, wording.say("telegram_menu").buttons
    assert [button.payload for button in menu] == [button.payload for button in keys]


def test_no_keyboard_in_a_group() -> None:
    """A group sees neither menu nor buttons of anybody's own matters."""
    chat = Chat(channel="telegram", address="-100", opened_at=clock.now())
    assert under("您好", [], chat) is None
