"""The real agent behind the real library: whole conversations on a phone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from service import clock
from service.db import reading, unit_of_work
from service.ledger import posting
from service.matters.models import Attachment, attachments
from service.organisations.models import Office
from service.people.models import Person
from service.staff.models import Staff
from tests.support.talk import enrol
from tests.support.telegram.client import Telegram
from tests.telegram.running import Assistant

PHONE = "+8613900000041"


@pytest.fixture
async def served(agent: Any, office: Office, pointed: object) -> AsyncIterator[Assistant]:
    """The whole assistant."""
    async with Assistant(agent).running() as running:
        yield running


def _earn(person: Person, points: int) -> None:
    reason = posting.Reason("activities", "高铁站引导", date(2026, 3, 5), f"test-{person.id}")
    posting.credit(person.id, posting.POINTS, points, reason, clock.now())


async def test_points_after_sharing_the_number(sim: Telegram, served: Assistant) -> None:
    """万淑琴, whom the chat does not know yet, asks for her points, shares her number, and is told her points."""
    _earn(enrol("万淑琴", "13900000041"), 37)
    qin = await sim.person("淑琴", phone=PHONE)
    await qin.start()
    await qin.wait(keyboard="我的积分")
    await qin.press("我的积分")
    await qin.wait(keyboard="用手机号登记", text="要先知道您是哪一位")
    await qin.press("用手机号登记")
    await qin.wait(text="万淑琴，认出您了")
    await qin.wait(text="37")


async def test_two_people_on_one_phone(sim: Telegram, served: Assistant) -> None:
    """A couple share a phone: the chat asks which of the two is writing, and answers for that one."""
    for name, points in (("方志远", 11), ("魏玉珍", 22)):
        _earn(enrol(name, "13900000041"), points)
    both = await sim.person("老方家", phone=PHONE)
    await both.start()
    await both.wait(keyboard="用手机号登记")
    await both.press("用手机号登记")
    asked = await both.wait(button="魏玉珍")
    await both.press("魏玉珍")
    await both.wait(message_id=asked["id"], edited=1)
    await both.wait(text="现在是魏玉珍")
    await both.say("我有多少积分")
    await both.wait(text="22")


async def test_a_suggestion_with_photos(sim: Telegram, served: Assistant) -> None:
    """She proposes a bench, sends two photos of the place, and gets a receipt; the photos are kept with it."""
    enrol("万淑琴", "13900000041")
    qin = await sim.person("淑琴", phone=PHONE)
    await qin.start()
    await qin.wait(keyboard="用手机号登记")
    await qin.press("用手机号登记")
    await qin.wait(text="认出您了")
    await qin.say("我想提个建议，滨河路的公交站能不能加一条长椅")
    await qin.wait(button="交上去", text="长椅")
    await qin.send("album", items=[{"kind": "photo"}, {"kind": "photo"}])
    await qin.wait(button="交上去", text="2张照片")
    await qin.press("交上去")
    said = await qin.wait(text="收到了，编号 S")
    assert re.search(r"S\d{4}-\d{4}", said["text"])
    with reading() as session:
        kept = session.execute(select(Attachment).order_by(attachments.c.id)).scalars().all()
    assert [one.kind for one in kept] == ["photo", "photo"]


async def test_an_emergency_reaches_the_officer_on_duty(
    sim: Telegram, served: Assistant, office: Office
) -> None:
    """Somebody has fallen: told at once what to do, while the officer on duty is alerted and writes back."""
    with unit_of_work() as session:
        session.add(Staff(office_id=office.id, name="卫红", phone="13900000031"))
    duty = await sim.person("卫红", phone="+8613900000031")
    await duty.start()
    await duty.wait(keyboard="用手机号登记")
    await duty.press("用手机号登记")
    await duty.wait(text="卫红，认出您了")
    qin = await sim.person("淑琴")
    await qin.say("我摔倒了起不来")
    await qin.wait(text="120")
    alert = await duty.wait(text="紧急", button="我来处理")
    await duty.say("别动，我们马上到", reply_to=alert["id"])
    await qin.wait(text="别动，我们马上到")
