"""Rooms, works for a contest and places by lot, in the words people use."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from service.activities import judging, rooms
from service.activities.drawing import draw
from service.activities.schedule import schedule
from service.db import unit_of_work
from service.matters.attachments import of_matter
from service.matters.models import Matter
from service.organisations.models import Room, Venue
from service.people.models import Person
from tests.service.activity_world import NOW, activity, at, places
from tests.support.talk import Talk, enrol


@pytest.fixture
def chen() -> Person:
    """陈桂香, in a town with a venue that has a room."""
    places()
    with unit_of_work() as session:
        venue = session.execute(select(Venue).where(Venue.name == "南华活动室")).scalar_one()
        venue.opening_hours = "每天 8:00—18:00"
        session.add(Room(venue.id, "二楼会议室", 20, ["投影仪"]))
        session.flush()
    return enrol("陈桂香")


async def test_a_room_by_its_hours(talk: Talk, chen: Person) -> None:
    """Asked for with hours; read back, booked, given back under its number."""
    hers = talk.as_person("陈桂香")

    await hers.say("我要预订南华活动室二楼会议室，周五下午两点到四点")
    assert "订南华活动室二楼会议室，11月27日（周五）下午2点到下午4点，对吗？" in hers.text
    assert rooms.rooms_of(chen.id, NOW) == []
    await hers.press("确认预订")
    assert "订好了，编号 B2026-0001" in hers.text

    await hers.press("退掉")
    assert "退掉南华活动室二楼会议室，11月27日（周五）下午2点，对吗？" in hers.text
    await hers.press("确认退掉")
    assert "退好了，编号 B2026-0001" in hers.text
    assert rooms.rooms_of(chen.id, NOW) == []


async def test_a_room_without_hours_shows_what_is_free(talk: Talk, chen: Person) -> None:
    """What another has is not among them; a button takes one."""
    room = rooms.rooms_named("二楼会议室")[0].room
    rooms.book_room(enrol("李长顺"), room.id, at("27 08:00"), at("27 12:00"), NOW)
    hers = talk.as_person("陈桂香")

    await hers.say("我要预订南华活动室二楼会议室，周五")
    assert "11月27日（周五）这些时间空着" in hers.text
    assert "能坐20人" in hers.text
    assert hers.buttons == ["中午12点到下午2点", "下午2点到下午4点", "下午4点到晚上6点"]
    await hers.press("下午2点到下午4点")
    await hers.press("确认预订")

    assert [each.starts_at for each in rooms.rooms_of(chen.id, NOW)] == [at("27 14:00")]


async def test_a_room_that_another_has(talk: Talk, chen: Person) -> None:
    """Said, with what is free instead."""
    room = rooms.rooms_named("二楼会议室")[0].room
    rooms.book_room(enrol("李长顺"), room.id, at("27 14:00"), at("27 16:00"), NOW)
    hers = talk.as_person("陈桂香")
    await hers.say("我要预订南华活动室二楼会议室，周五下午三点")
    assert "已经有人用了" in hers.text
    assert "这些时间空着" in hers.text


async def test_a_work_for_a_show(talk: Talk, chen: Person) -> None:
    """The button under the show; what it is; a photo; yes; the number; withdrawn."""
    show = activity(
        "秋韵书画展", "30 09:00", kind="比赛展览", topics=["书画展"], entries_close_at=at("27 12:00")
    )
    hers = talk.as_person("陈桂香")

    await hers.say("秋韵书画展是什么时候")
    assert "作品征集：11月27日（周五）中午12点为止" in hers.text
    await hers.press("交作品")
    assert "请说说您给《秋韵书画展》的作品" in hers.text
    await hers.send("photo", {"file": "hua.jpg"})
    assert "收到一张照片，跟作品放在一起" in hers.text
    await hers.say("国画《江畔晚晴》，四尺整张")
    assert "作品：国画《江畔晚晴》，四尺整张" in hers.text
    assert "附：一张照片" in hers.text
    await hers.press("确认交上")
    assert "作品收到了，编号 B2026-0001" in hers.text

    (ranked,) = judging.ranking(show.id)
    assert ranked.entry.words == "国画《江畔晚晴》，四尺整张"
    with unit_of_work() as session:
        matter = session.execute(select(Matter)).scalars().one()
    assert [each.file for each in of_matter(matter)] == ["hua.jpg"]
    await hers.press("撤回作品")
    await hers.press("确认撤回")
    assert "作品撤回了" in hers.text
    assert judging.ranking(show.id) == []


async def test_places_by_lot(talk: Talk, chen: Person) -> None:
    """Entered, not booked; told of the draw; the schedule says which."""
    trip = activity(
        "湿地公园行", "29 09:00", capacity=1, draw_at=at("26 12:00"), kind="参观走访", topics=["郊游"]
    )
    hers = talk.as_person("陈桂香")

    await hers.say("我要报名湿地公园行")
    assert "名额少，11月26日（周四）中午12点抽签。给您登记抽签，对吗？" in hers.text
    await hers.press("登记抽签")
    assert "登记好了，编号 B2026-0001" in hers.text
    assert "报好了" not in hers.text
    await hers.say("我报了哪些活动")
    assert "等抽签" in hers.text

    hers.clock.set("2026-11-26T12:00")
    draw(trip.id, hers.clock())
    await hers.delivered()
    assert "抽中了：《湿地公园行》" in hers.text
    assert schedule(chen.id, hers.clock())[0].booking.state == "booked"


async def test_a_work_put_down_for_something_urgent(talk: Talk, chen: Person) -> None:
    """取消 drops it; nothing is handed in."""
    show = activity("秋韵书画展", "30 09:00", kind="比赛展览", entries_close_at=at("27 12:00"))
    hers = talk.as_person("陈桂香")
    await hers.say("秋韵书画展是什么时候")
    await hers.press("交作品")
    await hers.press("先不交了")
    assert judging.ranking(show.id) == []
    await hers.say("书画")
    assert "对吗" not in hers.text
