"""我到了: the code at the door, a place sent, a couple with one telephone, a duty done."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from service.activities import holdings, posts
from service.activities.booking import book
from service.activities.checking_in import attendance_of
from service.activities.models import Activity
from service.activities.schedule import live_booking
from service.db import unit_of_work
from service.ledger.posting import MINUTES
from service.ledger.queries import balance
from service.messages import chats
from service.organisations.models import Venue
from service.people.models import Person
from tests.service.activity_world import NOW, activity, places
from tests.support.talk import Talk, enrol


@pytest.fixture
def chen() -> Person:
    """陈桂香, who is well."""
    return enrol("陈桂香")


def guiding(**details: object) -> Activity:
    """Two hours of guiding at the station on Thursday, from nine."""
    return activity("高铁站引导", "26 09:00", kind="志愿岗", topics=["引导"], **details)


def came(person: Person, post: Activity) -> str | None:
    """How somebody was checked in."""
    found = attendance_of(person.id, post.id)
    return found.how if found else None


async def test_i_am_here_then_the_code(talk: Talk, chen: Person) -> None:
    """我到了; the question for the code; the code in a sentence."""
    post = guiding()
    seat = book(chen, post.id, NOW)
    hers = talk.as_person("陈桂香")
    hers.clock.set("2026-11-26T08:50")

    await hers.say("我到了")
    assert "给您签到《高铁站引导》。请告诉我现场的签到码" in hers.text
    assert came(chen, post) is None
    await hers.say(f"码是{post.code}")

    assert f"您签到好了：《高铁站引导》，编号 {seat.receipt_no}" in hers.text
    assert came(chen, post) == "code"
    await hers.say("我到了")
    assert "已经签过到了" in hers.text


async def test_the_code_alone_in_one_message_and_spoken(talk: Talk, chen: Person) -> None:
    """签到码 and six digits; a wrong one is asked for again."""
    post = guiding(draft=False)
    with unit_of_work() as session:
        session.merge(post).code = "582613"
        session.flush()
    book(chen, post.id, NOW)
    hers = talk.as_person("陈桂香")
    hers.clock.set("2026-11-26T08:50")

    await hers.say("我到了")
    await hers.say("111111")
    assert "这个签到码对不上" in hers.text
    await hers.say("五八二六一三")

    assert "签到好了" in hers.text
    assert came(chen, post) == "code"


async def test_by_a_place_sent(talk: Talk, chen: Person) -> None:
    """From the next town it is refused with the distance; from the gate it counts."""
    places()
    with unit_of_work() as session:
        venue = session.execute(select(Venue).where(Venue.name == "南华活动室")).scalar_one()
        venue.latitude, venue.longitude = 29.56, 106.55
        session.flush()
    lesson = activity("书法提高班", "26 15:00", venue="南华活动室")
    book(chen, lesson.id, NOW)
    hers = talk.as_person("陈桂香")
    hers.clock.set("2026-11-26T14:45")

    await hers.send("location", {"latitude": 29.88, "longitude": 106.55})
    assert "离南华活动室有" in hers.text
    assert came(chen, lesson) is None
    await hers.send("location", {"latitude": 29.5601, "longitude": 106.5502})

    assert "签到好了：《书法提高班》" in hers.text
    assert came(chen, lesson) == "place"


async def test_without_a_booking_a_place_that_is_left_is_offered(talk: Talk, chen: Person) -> None:
    """She just came; yes, and she is in."""
    post = guiding(capacity=5)
    hers = talk.as_person("陈桂香")
    hers.clock.set("2026-11-26T08:50")

    await hers.say(f"签到码{post.code}")
    assert "还没有给您报名，现在有空位" in hers.text
    assert live_booking(chen.id, post.id) is None
    await hers.press("补报签到")

    assert "您签到好了：《高铁站引导》，编号 B2026-0001" in hers.text
    assert came(chen, post) == "let_in"


async def test_too_early_and_nothing_at_all(talk: Talk, chen: Person) -> None:
    """It says when; with nothing booked it says what to do."""
    hers = talk.as_person("陈桂香")
    await hers.say("我到了")
    assert "现在没有您报名的活动" in hers.text

    book(chen, guiding().id, NOW)
    await hers.say("我来签到")
    assert "11月26日（周四）早上8点起可以签到" in hers.text


async def test_a_couple_with_one_telephone(talk: Talk, chen: Person) -> None:
    """Booking asks for whom; 给我老伴也报一个 needs no question; both check in by one message."""
    wang = enrol("王秋实")
    post = guiding(capacity=5)
    shared = talk.as_person("王秋实")
    chats.bind(shared.chat, chen, "staff", NOW)

    await shared.say("我要报名高铁站引导")
    assert "给您报《高铁站引导》，对吗？" in shared.text
    await shared.press("确认报名")
    await shared.say("给我老伴也报一个")
    assert "给王秋实报《高铁站引导》，对吗？" in shared.text
    await shared.press("确认报名")
    assert "王秋实报好了，编号 B2026-0002" in shared.text
    his = live_booking(wang.id, post.id)
    assert his is not None
    assert his.actor_id == chen.id

    shared.clock.set("2026-11-26T08:50")
    await shared.say(f"我和老伴都到了，签到码{post.code}")
    assert came(chen, post) == came(wang, post) == "code"


async def test_a_shared_chat_asks_for_whom(talk: Talk, chen: Person) -> None:
    """A pressed button does not say; both can be booked at once."""
    wang = enrol("王秋实")
    post = guiding(capacity=5)
    shared = talk.as_person("王秋实")
    chats.bind(shared.chat, chen, "staff", NOW)

    await shared.say("高铁站引导是什么时候")
    await shared.press("我要报名")
    assert "给谁报名？" in shared.text
    assert shared.buttons[:3] == ["王秋实", "陈桂香", "两位都报"]
    await shared.press("两位都报")
    await shared.press("确认报名")

    assert "B2026-0001、B2026-0002" in shared.text
    assert live_booking(chen.id, post.id)
    assert live_booking(wang.id, post.id)


async def test_nobody_else_in_the_chat(talk: Talk, chen: Person) -> None:
    """Her husband is not bound here, so nothing is booked for anybody."""
    post = guiding()
    hers = talk.as_person("陈桂香")
    await hers.say("给我老伴报名高铁站引导")
    assert "只登记了您一位" in hers.text
    assert live_booking(chen.id, post.id) is None


async def test_a_standing_duty_from_claim_to_hours(talk: Talk, chen: Person) -> None:
    """认领, 到岗 on a day it is due, handed back."""
    posts.open_post(
        "桶点", "滨河路3号桶点", "FREQ=WEEKLY;BYDAY=TU,TH", 40, place="滨河路", topics=["桶", "垃圾桶"]
    )
    hers = talk.as_person("陈桂香")

    await hers.say("我认领滨河路那个桶")
    assert "给您认领“滨河路3号桶点”，对吗？" in hers.text
    assert "11月24日（周二）" in hers.text
    await hers.press("确认认领")
    assert "认领好了，编号 B2026-0001" in hers.text

    await hers.say("桶长到岗")
    assert "今天不当班，下一次是11月24日（周二）" in hers.text
    hers.clock.set("2026-11-24T07:00")
    await hers.say("滨河路桶点到岗")
    assert "记好了：滨河路3号桶点，11月24日（周二），40分钟" in hers.text
    await hers.say("滨河路桶点到岗")
    assert "已经记过了" in hers.text
    assert balance(chen.id, MINUTES) == 40

    await hers.say("取消B2026-0001")
    assert "把“滨河路3号桶点”交还，对吗？" in hers.text
    await hers.press("确认交还")
    assert holdings.held_by(chen.id, hers.clock()) == []
