"""The conversation role: order in each chat, several workers, poison messages, whom a failure reaches."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import threading
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation import Conversation
from service import db
from service.cases import alerts
from service.messages import chats, inbox, outbox
from service.messages.holders import this_holder
from service.messages.models import Chat
from service.messages.models import chats as chat_rows
from service.messages.models import inbox as inbox_rows
from service.organisations.models import Office
from service.suggestions.models import suggestions
from tests.bot.stand_in import (
    Echo,
    answer_all,
    answer_everything,
    conversation,
    heard,
    points,
    replies,
    resident,
    states,
    write,
)
from tests.support.talk import MONDAY, StandingClock, enrol

NAMES = ["秦秀梅", "贺延年", "毛国栋", "段素珍"]


class Poisoned(Echo):
    """Stumbles over one word."""

    async def turn(self, sender_id: str, text: str, *rest: Any) -> Any:
        """Write something first, then fail."""
        answered = await super().turn(sender_id, text, *rest)
        if "毒" in text:
            raise ValueError(f"cannot handle {text}")
        return answered


def _answer(url: str, start: Any) -> None:
    """A conversation process of its own."""
    db.use(db.connect(url))
    start.wait(20)
    answer_everything()


async def test_answered_in_order(database: db.Engine) -> None:
    """Two chats with three messages each: each chat hears its answers in its own order, each once."""
    first, second = resident("秦秀梅"), resident("贺延年")
    for number in "一二三":
        write(first, f"秦{number}")
        write(second, f"贺{number}")
    await answer_all()
    assert heard(first) == ["秦一", "秦二", "秦三"]
    assert replies(second, "sent") == ["听到了：贺一", "听到了：贺二", "听到了：贺三"]


async def test_who_waits_longest_is_first(database: db.Engine) -> None:
    """The chat whose oldest message is oldest is taken first."""
    first, second = resident("秦秀梅"), resident("贺延年")
    write(second, "我先来的")
    write(first, "我后来的")
    await conversation().handle_one()
    assert (heard(second), heard(first)) == (["我先来的"], [])


def test_two_processes_share_the_chats(postgres: db.Engine, postgres_url: str) -> None:
    """Four people write five messages each; two processes answer them, in order, once, and leave nothing."""
    people = [resident(name) for name in NAMES]
    said = [f"第{number}句" for number in range(5)]
    for text in said:
        for chat in people:
            write(chat, text)
    postgres.dispose()
    context = multiprocessing.get_context("fork")
    start = context.Barrier(2)
    both = [context.Process(target=_answer, args=(postgres_url, start)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(30)
    assert [process.exitcode for process in both] == [0, 0]
    asyncio.run(answer_all())
    for chat in people:
        assert heard(chat) == said
        assert points(chat) == len(said)
        assert replies(chat) == [f"听到了：{text}" for text in said]
        assert states(chat) == [("handled", 1)] * len(said)


async def test_a_message_that_arrives_meanwhile(postgres: db.Engine) -> None:
    """While the next message of a chat is being stored, the one before it is answered, at its first attempt."""
    chat = resident("毛国栋")
    write(chat, "第一句")
    claimed, stored = threading.Event(), threading.Event()
    worker = conversation()

    def store() -> None:
        claimed.wait(10)
        with db.unit_of_work():
            write(chat, "第二句")
            stored.set()
            # The transaction stays open until the worker stands before the locked chat.
            _wait_for_a_waiter(postgres)

    class Pausing(Echo):
        async def parse(self, text: str, now: str) -> dict[str, Any]:
            claimed.set()
            await asyncio.to_thread(stored.wait, 10)
            return await super().parse(text, now)

    storing = threading.Thread(target=store)
    storing.start()
    worker = conversation(Pausing())
    while await worker.handle_one():
        pass
    storing.join()
    while await worker.handle_one():
        pass
    assert heard(chat) == ["第一句", "第二句"]
    assert states(chat) == [("handled", 1), ("handled", 1)]


def _wait_for_a_waiter(engine: db.Engine) -> None:
    """Until another session waits for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    for _ in range(200):
        with engine.connect() as connection:
            if connection.exec_driver_sql(query).scalar():
                return
        threading.Event().wait(0.01)


def test_another_worker_leaves_a_claimed_chat_alone(database: db.Engine) -> None:
    """A chat in hand is nobody else's, until the claim runs out."""
    chat = resident("秦秀梅")
    write(chat, "第一句", "第二句")
    first = inbox.claim("elsewhere/1/1", MONDAY)
    assert first is not None
    assert inbox.claim("elsewhere/2/1", MONDAY) is None
    later = MONDAY + inbox.CLAIM
    second = inbox.claim("elsewhere/2/1", later)
    assert second is not None
    assert (second.id, second.attempts) == (first.id, 2)
    # The first worker comes back too late, and is told so.
    with db.unit_of_work():
        assert not inbox.lock(first, "elsewhere/1/1")
        assert inbox.lock(second, "elsewhere/2/1")


def test_a_dead_process_frees_its_chats(database: db.Engine) -> None:
    """What a killed process of this machine held is free at once; another machine's is left to run out."""
    for name in ("秦秀梅", "贺延年"):
        write(resident(name), "在吗")
    gone = multiprocessing.get_context("fork").Process(target=int)
    gone.start()
    machine = this_holder().partition("/")[0]
    dead = f"{machine}/{gone.pid}/1"
    gone.join()
    assert inbox.claim(dead, MONDAY) is not None
    assert inbox.claim("elsewhere/7/1", MONDAY) is not None
    assert inbox.claim("me", MONDAY) is None
    inbox.release_claims_of_the_gone()
    with db.reading() as session:
        held = session.execute(select(chat_rows.c.claimed_by).order_by(chat_rows.c.id)).scalars().all()
    assert held == [None, "elsewhere/7/1"]
    assert inbox.claim("me", MONDAY) is not None


async def test_a_poison_message(database: db.Engine, caplog: pytest.LogCaptureFixture) -> None:
    """段素珍's message fails three times: she gets an apology with an id, staff an alert, her next words an answer."""
    chat, other = resident("段素珍"), resident("毛国栋")
    write(chat, "我的毒药方子")
    write(other, "别人的话")
    write(chat, "我有多少积分")
    await answer_all(Poisoned())
    apology, answer = replies(chat, "sent")
    found = re.search(r"编号 ([0-9A-F]{6})", apology)
    assert found is not None
    assert "没有办成" in apology
    assert answer == "听到了：我有多少积分"
    assert replies(other, "sent") == ["听到了：别人的话"]
    assert points(chat) == 1
    assert states(chat) == [("apologised", inbox.ATTEMPTS + 1), ("handled", 1)]
    (alert,) = alerts.open_alerts()
    assert (alert.kind, alert.words, alert.person_id) == ("failure", found[1], chat.person_id)
    with db.reading() as session:
        assert found[1] in session.execute(select(inbox_rows.c.failure_id)).scalars().all()
    assert found[1] in caplog.text
    assert "毒药" not in caplog.text


async def test_an_alert_that_fails_keeps_nobody_waiting(
    database: db.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """Even if staff cannot be alerted, the apology is sent and the others are answered."""
    chat, other = resident("段素珍"), resident("毛国栋")
    write(chat, "毒")
    write(other, "别人的话")

    def alert(of: Chat, failure_id: str, now: datetime) -> None:
        enrol("写了一半")
        raise KeyError("no wording")

    worker = Conversation(Poisoned(), StandingClock(), alert)
    while await worker.handle_one():
        pass
    assert "没有办成" in replies(chat)[0]
    assert replies(other) == ["听到了：别人的话"]
    assert "no alert for id" in caplog.text
    with db.reading() as session:
        assert session.execute(select(db.metadata.tables["people"].c.name)).scalars().all() == [
            "段素珍",
            "毛国栋",
        ]


async def test_only_the_chats_asked_for(database: db.Engine) -> None:
    """A terminal handles its own chat alone, a served process only its messengers'."""
    page = resident("秦秀梅")
    terminal = chats.open_chat("terminal", "t", MONDAY)
    write(terminal, "终端")
    write(page, "网页")
    worker = conversation()
    while await worker.handle_one(channels=("telegram", "page")):
        pass
    assert (heard(page), heard(terminal)) == (["网页"], [])
    while await worker.handle_one(chat_id=terminal.id):
        pass
    assert heard(terminal) == ["终端"]


async def test_the_real_agent_on_postgresql(postgres: db.Engine, agent: Any) -> None:
    """贺延年 hands in a suggestion through Rasa, on PostgreSQL: one receipt, one row."""
    with db.unit_of_work() as session:
        session.add(Office(name="银溪县老干部局", region="银溪县", phone="0000-8123456"))
    chat = resident("贺延年")
    write(chat, "我想提个建议，活动室门口的台阶太高，请加一个扶手")
    await answer_all(agent)
    shown = outbox.in_chat(chat.id)[-1]
    yes = outbox.buttons_of(shown)[0]
    inbox.receive(chat, "press", "press", {"token": yes.token}, MONDAY)
    await answer_all(agent)
    assert "S2026-0001" in replies(chat, "sent")[-1]
    with db.reading() as session:
        assert len(session.execute(select(suggestions.c.id)).all()) == 1
