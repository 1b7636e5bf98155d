"""Rooms, standing posts, contests, teams, who may come, and what came of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service import clock
from service.activities import contests, judging, rooms, teams
from service.activities.booking import book
from service.activities.checking_in import by_staff
from service.activities.duties import record_duty
from service.activities.holdings import coverage, held_by
from service.activities.judging import TieAtTheCut
from service.activities.models import Activity
from service.activities.outcomes import Period, attendances, people_who_came, record_outcome, sessions, totals
from service.activities.posts import (
    claim,
    hand_back,
    next_due,
    open_post,
    take_up_again,
)
from service.activities.publishing import OnlyFor, publish
from service.activities.refusals import (
    BookingGone,
    EntriesClosed,
    NotDueToday,
    NotEligible,
    PostCovered,
    RoomClosed,
    RoomTaken,
    TooLateToCancel,
)
from service.activities.search import Wanted, search
from service.activities.settling import Line, correct, proposed, settle
from service.db import unit_of_work
from service.ledger.posting import MINUTES, POINTS
from service.ledger.queries import balance
from service.matters.attachments import of_matter
from service.matters.models import Matter, matters
from service.organisations.models import Branch, Community, Office, Room, Venue
from service.organisations.opening import is_open
from service.people import skills
from service.people.models import ActivityClass, Person
from service.staff.models import Staff
from tests.service.activity_world import NOW, activity, at, person, places
from tests.service.test_activities import matter_state, told

pytestmark = pytest.mark.usefixtures("database")


def a_room() -> int:
    """A room that is open on weekdays until half past five."""
    places()
    with unit_of_work() as session:
        venue = session.execute(select(Venue).where(Venue.name == "南华活动室")).scalar_one()
        venue.opening_hours = "周一至周五 8:30—17:30；周六 9:00—12:00"
        room = Room(venue.id, "二楼会议室", 20, ["投影仪"])
        session.add(room)
        session.flush()
        return room.id


def test_a_room_is_one_persons_for_a_time() -> None:
    """陈桂香 has it from two to four; 李长顺 may have it from four on."""
    room_id, chen, li = a_room(), person("陈桂香"), person("李长顺")
    mine = rooms.book_room(chen, room_id, at("26 14:00"), at("26 16:00"), NOW)

    again = rooms.book_room(chen, room_id, at("26 14:00"), at("26 16:00"), NOW)
    with pytest.raises(RoomTaken):
        rooms.book_room(li, room_id, at("26 15:30"), at("26 17:00"), NOW)
    his = rooms.book_room(li, room_id, at("26 16:00"), at("26 17:30"), NOW)

    assert (again.receipt_no, matter_state(mine.receipt_no)) == (mine.receipt_no, "已预订")
    assert his.receipt_no == "B2026-0002"
    assert [clock.local(each).hour for each in rooms.free_slots(room_id, at("26 00:00"), NOW)] == [
        9,
        10,
        11,
        12,
    ]


def test_a_room_and_an_activity_do_not_share_it() -> None:
    """Whichever was first."""
    room_id, chen = a_room(), person("陈桂香")
    rooms.book_room(chen, room_id, at("26 14:00"), at("26 16:00"), NOW)
    with pytest.raises(RoomTaken):
        activity("书法课", "26 15:00", venue="南华活动室", room="二楼会议室")
    activity("书法课", "27 15:00", venue="南华活动室", room="二楼会议室")
    with pytest.raises(RoomTaken):
        rooms.book_room(chen, room_id, at("27 14:00"), at("27 15:30"), NOW)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("26 07:00", "26 09:00"),
        ("26 16:00", "26 18:00"),
        ("28 11:00", "28 13:00"),
        ("29 09:00", "29 10:00"),
        ("20 09:00", "20 10:00"),
        ("26 09:00", "26 14:00"),
    ],
)
def test_not_when_it_is_shut_or_past_or_for_too_long(start: str, end: str) -> None:
    """Before opening, after closing, on Saturday afternoon, on Sunday, last week, five hours."""
    with pytest.raises(RoomClosed):
        rooms.book_room(person("陈桂香"), a_room(), at(start), at(end), NOW)


def test_a_room_given_back_is_free() -> None:
    """Once, and not after it began."""
    room_id, chen = a_room(), person("陈桂香")
    mine = rooms.book_room(chen, room_id, at("26 14:00"), at("26 16:00"), NOW)
    with pytest.raises(TooLateToCancel):
        rooms.cancel_room(chen, mine.receipt_no, at("26 14:00"))
    rooms.cancel_room(chen, mine.receipt_no, NOW)
    with pytest.raises(BookingGone):
        rooms.cancel_room(chen, mine.receipt_no, NOW)
    assert rooms.book_room(person("李长顺"), room_id, at("26 14:00"), at("26 16:00"), NOW)


def test_opening_hours_are_read_from_the_door() -> None:
    """As they are written in the sample world."""
    thursday = (at("26 09:00"), at("26 10:00"))
    assert is_open("每天 8:00—20:00", *thursday)
    assert is_open("周二至周日 9:00—18:00", *thursday)
    assert not is_open("周一 9:00—18:00", *thursday)
    assert is_open("全天", *thursday)
    with pytest.raises(ValueError, match="written"):
        is_open("看情况", *thursday)


def bin_post(**details: object):  # type: ignore[no-untyped-def]
    """A bin that is looked after on Tuesdays and Thursdays."""
    return open_post("桶点", "滨河路3号桶点", "FREQ=WEEKLY;BYDAY=TU,TH", 40, place="滨河路", **details)  # type: ignore[arg-type]


def test_a_post_from_claim_to_handing_back() -> None:
    """Covered while she holds it, done twice a week, each once; then somebody else's."""
    post, chen, li = bin_post(), person("陈桂香"), person("李长顺")
    assert [each.wanted for each in coverage(NOW)] == [1]
    held = claim(chen, post.id, NOW)
    assert [each.wanted for each in coverage(NOW)] == [0]

    record_duty(chen, held.receipt_no, at("24 07:00"))
    _, again = record_duty(chen, held.receipt_no, at("24 19:00"))
    for moment, day in (
        ("25 07:00", None),
        ("25 07:00", date(2026, 11, 26)),
        ("28 08:00", date(2026, 11, 26)),
    ):
        with pytest.raises(NotDueToday):
            record_duty(chen, held.receipt_no, at(moment), on=day)
    record_duty(chen, held.receipt_no, at("27 08:00"), on=date(2026, 11, 26))
    assert again is None
    assert balance(chen.id, MINUTES) == 80

    hand_back(chen, held.receipt_no, at("28 09:00"))
    with pytest.raises(BookingGone):
        hand_back(chen, held.receipt_no, at("28 09:01"))
    with pytest.raises(BookingGone):
        record_duty(chen, held.receipt_no, clock.parse("2026-12-01T08:00"))
    claim(li, post.id, at("28 09:02"))
    with pytest.raises(PostCovered):
        take_up_again(chen, held.receipt_no, at("28 09:03"))
    assert matter_state(held.receipt_no) == "已交还"


def test_a_post_for_a_time_ends_with_it() -> None:
    """Held through December, wanted again in January; who held it may take it again."""
    post, chen = bin_post(), person("陈桂香")
    claim(chen, post.id, NOW, until=date(2026, 12, 31))
    new_year = clock.parse("2027-01-01T08:00")
    assert [each.wanted for each in coverage(clock.parse("2026-12-31T23:59"))] == [0]
    assert [each.wanted for each in coverage(new_year)] == [1]
    assert held_by(chen.id, new_year) == []
    assert claim(chen, post.id, new_year).receipt_no == "B2027-0001"


def test_a_post_is_for_who_can_do_it() -> None:
    """吴静安 stays at home."""
    with pytest.raises(NotEligible):
        claim(person("吴静安", "不能参加"), bin_post().id, NOW)


def test_every_other_week_is_the_same_for_everybody() -> None:
    """And the leap day is a day."""
    post = open_post("街巷", "橘灯巷", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", 30)
    first = next_due(post, date(2026, 11, 23))
    assert next_due(post, first + timedelta(days=1)) == first + timedelta(days=14)
    last_of_month = open_post("岗亭", "北门岗亭", "FREQ=MONTHLY;BYMONTHDAY=-1", 30)
    assert next_due(last_of_month, date(2028, 2, 10)) == date(2028, 2, 29)


def test_whom_it_is_for() -> None:
    """Branch, region, skill, health: each in words; and what one may not attend is not offered."""
    with unit_of_work() as session:
        office = Office(name="清溪县老干部局", region="清溪县")
        session.add(office)
        session.flush()
        branch = Branch(office.id, "第一支部")
        there = Community(office.id, "江北社区", "银溪县")
        session.add_all([branch, there])
        session.flush()
        chen, li = Person("陈桂香", branch_id=branch.id), Person("李长顺", community_id=there.id)
        session.add_all([chen, li])
        session.flush()
        session.add(ActivityClass(li.id, "正常活动", date(2026, 1, 1), "膝关节手术后"))
        session.flush()
    skills.offer(chen.id, "宣讲", NOW)
    only = {
        "支部会": OnlyFor(branches=["第一支部"]),
        "县内联欢": OnlyFor(regions=["清溪县"]),
        "宣讲": OnlyFor(skill="宣讲"),
        "爬山": OnlyFor(health_note="要爬三百级台阶", unfit_for=["膝关节", "心脏"]),
    }
    made = {
        title: activity(title, f"{24 + number} 09:00", only_for=only_for)
        for number, (title, only_for) in enumerate(only.items())
    }

    reasons = {}
    for title, each in made.items():
        with pytest.raises(NotEligible) as refused:
            book(li, each.id, NOW)
        reasons[title] = refused.value.reasons["reason"]
    booked = [book(chen, each.id, NOW).state for each in made.values()]

    assert booked == ["booked"] * 4
    assert reasons["支部会"] == "这是第一支部的活动"
    assert "清溪县" in reasons["县内联欢"]
    assert "会宣讲" in reasons["宣讲"]
    assert "膝关节手术后" in reasons["爬山"]
    assert "要爬三百级台阶" in reasons["爬山"]
    assert search(Wanted(), li, NOW).listings == []
    assert len(search(Wanted(), chen, NOW).listings) == 4


def contest() -> Activity:
    """A show that takes works until Friday noon."""
    return activity("书画展", "30 09:00", kind="比赛展览", entries_close_at=at("27 12:00"))


def judges(*names: str) -> list[int]:
    """Members of staff."""
    with unit_of_work() as session:
        office = Office(name="清溪县老干部局")
        session.add(office)
        session.flush()
        made = [Staff(office.id, name) for name in names]
        session.add_all(made)
        session.flush()
        return [each.id for each in made]


def test_works_are_judged_in_rounds_and_everybody_hears() -> None:
    """Five works, three go on, one first prize and one second."""
    show, (tian, jiang) = contest(), judges("田小满", "江晓禾")
    authors = [person(name) for name in ("陈桂香", "李长顺", "王秋实", "赵月明", "周书月")]
    photo = [{"kind": "photo", "file": "a.jpg"}]
    works = [contests.hand_in(each, show.id, f"{each.name}的画", photo, NOW) for each in authors]
    with pytest.raises(ValueError, match="still taken"):
        judging.open_round(show.id, 3, NOW)
    with pytest.raises(EntriesClosed):
        contests.hand_in(authors[0], show.id, "再来一幅", [], at("27 12:00"))

    judging.open_round(show.id, 3, at("27 12:00"))
    for work, points in zip(works, (90, 80, 70, 60, 70), strict=True):
        for judge in (tian, jiang):
            judging.score(work.receipt_no, judge, points, at("27 13:00"))
    with pytest.raises(TieAtTheCut):
        judging.close_round(show.id, at("27 14:00"))
    judging.score(works[2].receipt_no, tian, 72, at("27 14:00"))
    left = judging.close_round(show.id, at("27 14:01"))
    with pytest.raises(ValueError, match="no round"):
        judging.close_round(show.id, at("27 14:02"))

    assert [each.words for each in left] == ["陈桂香的画", "李长顺的画", "王秋实的画"]
    assert [len(told(each.id)) for each in authors] == [1] * 5
    assert "入围了" in told(authors[2].id)[0]
    assert "没有入围" in told(authors[4].id)[0]
    with pytest.raises(ValueError, match="out of"):
        judging.open_round(show.id, 2, at("28 09:00"))
        judging.score(works[4].receipt_no, tian, 100, at("28 09:00"))
    for work, points in zip(works[:3], (80, 95, 60), strict=True):
        judging.score(work.receipt_no, tian, points, at("28 10:00"))
    judging.close_round(show.id, at("28 11:00"))
    prizes = [("一等奖", 1), ("二等奖", 1)]
    judging.publish_awards(show.id, prizes, at("28 12:00"))
    judging.publish_awards(show.id, prizes, at("28 12:01"))

    assert [matter_state(work.receipt_no) for work in works[:3]] == ["二等奖", "一等奖", "未入围"]
    assert [text for text in told(authors[1].id) if "得了一等奖" in text] == [told(authors[1].id)[-1]]
    with unit_of_work() as session:
        matter = session.execute(
            select(Matter).where(matters.c.receipt_no == works[0].receipt_no)
        ).scalar_one()
    assert [each.file for each in of_matter(matter)] == ["a.jpg"]


def test_a_work_is_withdrawn_before_judging_only() -> None:
    """Then it stands."""
    show, chen = contest(), person("陈桂香")
    one = contests.hand_in(chen, show.id, "一幅画", [], NOW)
    two = contests.hand_in(chen, show.id, "又一幅", [], NOW)
    contests.withdraw(chen, one.receipt_no, NOW)
    with pytest.raises(BookingGone):
        contests.withdraw(chen, one.receipt_no, NOW)
    with pytest.raises(EntriesClosed):
        contests.withdraw(chen, two.receipt_no, at("27 12:00"))
    assert [each.entry.words for each in judging.ranking(show.id)] == ["又一幅"]


def served(title: str, starts: str, came: list[Person], **details: object) -> Activity:
    """A post of two hours that is over and settled."""
    post = activity(title, starts, kind="志愿岗", **details)
    for each in came:
        by_staff(each, post.id, post.starts_at)
    settle(post.id, proposed(post.id), post.ends_at + timedelta(hours=1))
    return post


def test_a_team_and_what_it_did() -> None:
    """Two services, three times somebody, six hours; a correction counts as it stands now."""
    chen, li = person("陈桂香"), person("李长顺")
    team = teams.found("银龄先锋队", chen, "", NOW)
    for _ in range(2):
        teams.join(team.id, li.id, NOW)
    first = served("高铁站引导", "24 09:00", [chen, li], team="银龄先锋队")
    served("护学岗", "25 09:00", [chen], team="银龄先锋队")
    correct(first.id, Line(li.id, 60), "提前离岗", at("26 09:00"))

    (record,) = teams.records(at("01 00:00"), at("30 00:00"))
    assert (record.members, record.sessions, record.attendances, record.minutes) == (2, 2, 3, 300)
    assert [each.name for each in teams.roster(team.id)] == ["陈桂香", "李长顺"]
    teams.leave(team.id, li.id, NOW)
    teams.lead(team.id, li.id, NOW)
    assert teams.by_name("银龄先锋队").leader_id == li.id
    assert balance(li.id, POINTS) == 10


def test_a_joint_activity_counts_once_and_under_both() -> None:
    """One for the two regions together, one for each."""
    with unit_of_work() as session:
        session.add(Office(name="清溪县老干部局", region="清溪县"))
        session.flush()
    chen, li = person("陈桂香"), person("李长顺")
    joint = served("两地植树", "24 09:00", [chen, li], hosts=["清溪县", "银溪县"])
    served("高铁站引导", "25 09:00", [chen])
    activity("还没办的", "30 09:00")
    for _ in range(2):
        record_outcome(joint.id, "植树面积", "亩", 3, NOW, key="trees-1")
    record_outcome(joint.id, "植树面积", "亩", -1, NOW, key="trees-2", words="重测")
    month = {"start": at("01 00:00"), "end": clock.parse("2026-12-01T00:00")}

    def held(region: str | None) -> tuple[int, int | None]:
        figure = sessions(Period(**month, region=region))
        return figure.numerator, figure.denominator

    assert (held(None), held("清溪县"), held("银溪县")) == ((2, 3), (2, 3), (1, 1))
    came, different = attendances(Period(**month)), people_who_came(Period(**month))
    assert (came.numerator, came.unit, len(came.rows)) == (3, "人次", 3)
    assert (different.numerator, different.unit, different.denominator) == (2, "人", 3)
    total = totals(Period(**month, region="银溪县"))["植树面积"]
    assert (total.numerator, total.unit, len(total.rows)) == (2, "亩", 2)
    with pytest.raises(ValueError, match="unit"):
        record_outcome(joint.id, "植树面积", "元", 5, NOW, key="trees-3")


def test_a_show_of_three_months_is_found_on_any_of_its_days() -> None:
    """However much else begins before the day that is asked about."""
    publish(
        "秋韵书画展",
        "比赛展览",
        at("24 09:00"),
        clock.parse("2027-02-20T17:00"),
        topics=["书画展"],
        booking_closes_at=clock.parse("2027-02-20T16:00"),
    )
    for number in range(60):
        activity(f"第{number}期书画展导览", "25 09:00", topics=["书画展"])
    january = Wanted(("书画展",), None, clock.parse("2027-01-10T00:00"), clock.parse("2027-01-11T00:00"))
    chen = person("陈桂香")
    assert [each.activity.title for each in search(january, chen, NOW).listings] == ["秋韵书画展"]
    while_it_is_on = clock.parse("2027-01-09T10:00")
    (show,) = search(Wanted(("书画展",)), chen, while_it_is_on).listings
    assert book(chen, show.id, while_it_is_on).state == "booked"
    # What takes weeks leaves time for other things.
    lesson = publish("书法课", "课程班", clock.parse("2027-01-11T09:00"), clock.parse("2027-01-11T11:00"))
    assert book(chen, lesson.id, while_it_is_on).state == "booked"
