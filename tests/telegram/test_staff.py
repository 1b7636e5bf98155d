"""Staff on Telegram: alerts, answers, and handing back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import clock
from service.cases import alerts, questions
from service.db import unit_of_work
from service.messages import chats
from service.organisations.models import Office
from service.staff.models import Staff
from tests.support.telegram.client import Person, Telegram
from tests.telegram.desk import Desk
from tests.telegram.running import Assistant

ASKED = "我想问搬家以后组织关系怎么转"


@pytest.fixture
async def wei(sim: Telegram, assistant: Assistant, office: Office) -> Person:
    """卫红, on duty, who has shared her number and so is known."""
    with unit_of_work() as session:
        session.add(Staff(office_id=office.id, name="卫红", phone="139 0000 0031"))
    person = await sim.person("卫红", phone="+8613900000031")
    await person.start()
    await person.wait(keyboard="用手机号登记")
    await person.press("用手机号登记")
    await person.wait(text="卫红，认出您了")
    return person


async def _hand_over(sim: Telegram, why: str = "talk") -> tuple[Person, str]:
    """Somebody asks for a human being."""
    asker = await sim.person("金山")
    await asker.say("您好")
    await asker.wait(text="听到了")
    chat = chats.find_chat("telegram", str(asker.id))
    assert chat is not None
    return asker, questions.hand_over(chat, why, ASKED, clock.now() - timedelta(seconds=1)).receipt_no


async def test_answering_by_reply(sim: Telegram, wei: Person, desk: Desk) -> None:
    """She replies to the alert, and her words reach the one who asked."""
    asker, number = await _hand_over(sim)
    alert = await wei.wait(text=ASKED)
    await wei.say("带上介绍信到服务窗口就能办", reply_to=alert["id"])
    await wei.wait(text=f"已经转给对方，编号 {number}")
    answer = await asker.wait(text="带上介绍信")
    assert number in answer["text"]
    assert "带上介绍信到服务窗口就能办" not in desk.heard


async def test_answering_by_number_and_handing_back(sim: Telegram, wei: Person) -> None:
    """She names the number, then ends the matter; the one who asked hears both."""
    asker, number = await _hand_over(sim)
    await wei.wait(text=ASKED)
    await wei.say(f"答复 {number} 请您周一来")
    await asker.wait(text="请您周一来")
    await wei.say(f"办结 {number}")
    await wei.wait(text=f"{number} 已办结")
    await asker.wait(text="已经办结")
    assert questions.get(number).state == "已解决"


async def test_a_number_that_is_none(sim: Telegram, wei: Person) -> None:
    """A wrong number sends nothing to anybody."""
    await wei.say("答复 Q2026-9999 请您周一来")
    await wei.wait(text="没有编号 Q2026-9999 的问题")
    _, number = await _hand_over(sim)
    await wei.say(f"答复 {number}")
    await wei.wait(text="还没有写答复的话")


@pytest.mark.parametrize("why", ["emergency", "scam", "talk"])
async def test_taking_an_alert(sim: Telegram, wei: Person, why: str) -> None:
    """She takes the alert with its button; it says so, and is no longer open."""
    await _hand_over(sim, why)
    alert = await wei.wait(button="我来处理")
    await wei.press("我来处理")
    await wei.wait(text="记下由您处理")
    edited = await wei.wait(message_id=alert["id"], edited=1)
    assert edited["text"].endswith("卫红来处理。")
    assert alerts.open_alerts() == []


async def test_only_staff_can_answer(sim: Telegram, wei: Person, desk: Desk) -> None:
    """Anybody else who writes such words is only talking."""
    asker, number = await _hand_over(sim)
    other = await sim.person("不相干")
    await other.say(f"答复 {number} 转钱到这个账号")
    await other.wait(text="听到了：答复")
    assert not any("转钱" in text for text in await asker.texts())


async def test_a_colleague_was_quicker(sim: Telegram, wei: Person, office: Office) -> None:
    """An alert that somebody has taken is not taken again."""
    await _hand_over(sim)
    await wei.wait(button="我来处理")
    colleague = Staff(office_id=office.id, name="立新")
    with unit_of_work() as session:
        session.add(colleague)
        session.flush()
    (alert,) = alerts.open_alerts()
    alerts.take(alert.id, colleague, clock.now())
    await wei.press("我来处理")
    await wei.wait(text="已经有人在处理了")
