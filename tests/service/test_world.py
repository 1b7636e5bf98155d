"""A world file becomes a world: what the services then say, and what is said of a file that does not fit."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service import clock, demonstration
from service.activities import holdings, judging, rooms, teams
from service.activities.listing import read_listings
from service.activities.models import activities
from service.activities.schedule import schedule
from service.cases import alerts, questions
from service.db import reading
from service.errors import OperatorError
from service.ledger import queries as ledger
from service.ledger import rules
from service.messages import bindings, chats
from service.messages.models import Outgoing, outbox
from service.models import metadata
from service.people import queries as people
from service.people.models import Person
from service.rewards import shelf
from service.rewards.queries import reserved_for
from service.rewards.recognising import recognitions_of
from service.settings import ROOT, settings
from service.study import courses, reminders
from service.suggestions import queries as suggestions
from service.suggestions.browsing import public_view
from service.suggestions.campaigns import all_campaigns
from service.suggestions.hops import hops_of
from service.suggestions.records import find, supporters_of
from service.suggestions.reports import reports
from service.timebank.queries import of_person, open_for
from service.world.loader import load
from service.world.reading import read
from service.world.times import When

SMALL = ROOT / "tests/worlds/small.yml"
MONDAY = clock.parse("2026-11-23T09:30")


@pytest.fixture
def small(database: object) -> None:
    """The small world, on a Monday morning."""
    load(read(SMALL), MONDAY)


def person(name: str) -> Person:
    """The one of that name."""
    (found,) = people.by_name(name)
    return found


def test_the_example_in_the_documentation_is_the_small_world() -> None:
    documented = re.search(
        r"```yaml\n(.*?)```", (ROOT / "docs/world.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert documented is not None
    assert documented[1] == SMALL.read_text(encoding="utf-8")


@pytest.mark.usefixtures("small")
def test_people_are_on_the_roster_and_the_database_is_a_demonstration() -> None:
    he = person("何长根")

    assert [found.name for found in people.by_phone("13900000212")] == ["何长根"]
    assert (he.activity_class, he.rank_level) == ("适当参加", "正科级")
    assert (person("郑桂枝").quiet_from, person("郑桂枝").quiet_until) == (21, 7)
    assert demonstration.is_demonstration()
    assert [who.name for who, _ in demonstration.samples()] == ["郑桂枝", "何长根", "吕静安"]


@pytest.mark.usefixtures("small")
def test_everybody_who_has_a_place_has_a_receipt() -> None:
    lesson, draw = schedule(person("郑桂枝").id, MONDAY)
    (queued,) = schedule(person("何长根").id, MONDAY)

    assert clock.local(lesson.listing.activity.starts_at) == clock.parse("2026-11-26T15:00")
    assert clock.local(lesson.listing.activity.ends_at) == clock.parse("2026-11-26T16:30")
    assert re.fullmatch(r"B2026-\d{4}", lesson.booking.receipt_no)
    assert (lesson.position, queued.position) == (None, 1)
    assert lesson.listing.place == "南华活动室"
    assert draw.booking.state == "entered"


@pytest.mark.usefixtures("small")
def test_time_and_cancelling_did_to_activities_what_they_do() -> None:
    states = {each.activity.title: each.activity.state for each in read_listings(activities.c.id > 0)}
    with reading() as session:
        query = select(Outgoing).where(outbox.c.person_id == person("何长根").id)
        (told,) = session.execute(query).scalars()

    assert states == {
        "楷书入门": "full",
        "高铁站引导": "held",
        "湿地公园观鸟": "cancelled",
        "南华书画展": "open",
        "湿地徒步": "open",
    }
    assert "天气预报有大雨" in told.payload["text"]


@pytest.mark.usefixtures("small")
def test_teams_posts_rooms_and_works() -> None:
    (record,) = teams.records(MONDAY - timedelta(days=30), MONDAY)
    (post,) = holdings.coverage(MONDAY)
    (room,) = rooms.rooms_named("南华活动室二楼会议室")
    show = next(each for each in read_listings(activities.c.id > 0) if each.activity.hosts)

    assert (record.team.name, record.members) == ("南华银龄先锋队", 2)
    assert ([each.name for each in post.holders], post.wanted) == (["郑桂枝"], 0)
    assert (room.room.places, room.venue.lift, room.venue.steps) == (20, True, 0)
    assert [each.entry.words for each in judging.ranking(show.id)] == ["行书条幅一件"]
    assert show.activity.room_id == room.room.id


@pytest.mark.usefixtures("small")
def test_points_hours_and_what_they_came_from() -> None:
    zheng = person("郑桂枝")

    assert (ledger.balance(zheng.id, "points"), ledger.balance(zheng.id, "minutes")) == (90, 300)
    assert [
        (str(line.happened_on), line.words, line.amount) for line in ledger.history(zheng.id, "points")
    ] == [
        ("2026-11-22", "兑换洗衣液", -30),
        ("2026-11-20", "高铁站引导 2小时", 20),
        ("2026-01-01", "上年结转", 100),
    ]
    assert ledger.discrepancies() == []


@pytest.mark.usefixtures("small")
def test_rules_rewards_and_the_time_bank() -> None:
    lu, zheng = person("吕静安"), person("郑桂枝")

    rule = rules.rule_on("lesson_finished", clock.local(MONDAY).date())
    assert rule is not None
    assert (rule.points, rule.daily_cap) == (3, 15)
    assert (ledger.balance(lu.id, "points"), ledger.balance(lu.id, "minutes")) == (70, 90)
    assert [(each.reward.name, str(each.redemption.pick_up_until)) for each in reserved_for(lu.id)] == [
        ("大米", "2026-12-02")
    ]
    assert {each.name: each.stock for each in shelf.all_rewards()} == {"大米": 5, "毛巾": 19}
    assert [each.request.what for each in open_for(zheng, MONDAY)] == ["帮我换客厅的灯泡"]
    assert [each.request.what for each in of_person(zheng.id, "claimed")] == ["陪我去医院取药"]
    assert [each.fen for each in recognitions_of(lu.id)] == [20000]


@pytest.mark.usefixtures("small")
def test_study_goes_on_where_it_stopped_and_is_reminded_of() -> None:
    zheng = person("郑桂枝")
    coming, reminder = courses.next_lesson(zheng.id), reminders.of_person(zheng.id)

    assert coming is not None
    assert coming.lesson.title == "和孙辈视频通话"
    assert reminder is not None
    assert reminder.next_at == clock.parse("2026-11-24T08:00")


@pytest.mark.usefixtures("small")
def test_what_was_handed_in_waits_for_staff() -> None:
    newest = suggestions.latest()[0]
    receipt_no, author, words = newest.matter.receipt_no, newest.author.name, newest.suggestion.words
    (question,) = questions.open_questions()

    assert (receipt_no, author) == ("S2026-0003", "何长根")
    assert words == "建议在南华社区门口加一把长椅"
    assert [message.words for message in questions.messages_of(question)] == ["想问问体检安排在哪天"]
    assert [alert.kind for alert in alerts.open_alerts()] == ["talk"]


@pytest.mark.usefixtures("small")
def test_a_suggestion_has_gone_its_way() -> None:
    """Passed on, instructed, answered, adopted, rated, and of use; another is dealt with in it."""
    lamps, merged = find("S2026-0001"), find("S2026-0002")

    kinds = [hop.kind for hop in hops_of(lamps.id)]
    assert kinds == ["已收到", "已转办", "批示", "办理中", "已答复", "已采纳", "已有成果"]
    assert hops_of(lamps.id)[1].due_on == date(2026, 11, 8)
    assert (lamps.suggestion.rating, lamps.suggestion.unnamed, merged.suggestion.state) == (5, True, "已合并")
    assert public_view("S2026-0002")[0].receipt_no == "S2026-0001"
    assert supporters_of(lamps.suggestion) == 1
    assert [(each.title, count) for each, count in all_campaigns()] == [("我为清溪出份力", 1)]
    (report,) = reports()
    assert (report.finished_on, report.outcome) == (date(2026, 9, 24), "县里列入下年度民生实事")
    assert "十二处需要扶手" in (settings().files / report.file).read_text(encoding="utf-8")


@pytest.mark.usefixtures("small")
def test_a_chat_is_linked_and_a_code_with_its_leading_zero_links_another() -> None:
    known = chats.find_chat("telegram", "700000001")
    assert known is not None
    assert known.person_id == person("何长根").id

    new = chats.open_chat("page", "tablet", MONDAY)
    assert bindings.bind_by_code(new, "郑桂枝", "048151", MONDAY).name == "郑桂枝"


@pytest.mark.usefixtures("small")
def test_staff_are_alerted_in_their_chat() -> None:
    their_chat = chats.find_chat("telegram", "700000002")
    assert their_chat is not None
    with reading() as session:
        query = select(Outgoing).where(outbox.c.chat_id == their_chat.id)
        (alert,) = session.execute(query).scalars()

    assert "想问问体检安排在哪天" in alert.payload["text"]


@pytest.mark.usefixtures("small")
def test_a_world_goes_only_into_a_fresh_database() -> None:
    with pytest.raises(OperatorError, match="already holds 清溪县老干部局 with 3 people"):
        load(read(SMALL), MONDAY)


OFFICE = "office: {name: 清溪县老干部局}\n"
PEOPLE = "people: [{name: 郑桂枝, phone: 13900000201}, {name: 吕静安, activity_class: 不能参加}]\n"
CLASS = "{title: 书法课, kind: 课程班, starts: +1d 15:00"

MISTAKES = {
    "people: []\n": "office: this is missing",
    OFFICE + "venue: []\n": "the file: there is no key venue; the keys here are office, branches",
    OFFICE + "people: [{name: 郑桂枝, telefone: 1}]\n": r"people\[0\]: there is no key telefone; .* phone,",
    OFFICE + "people: 郑桂枝\n": "people: this has to be a list",
    OFFICE
    + "people: [{name: 郑桂枝, birth_year: 五二}]\n": r"people\[0\].birth_year: this has to be a whole",
    OFFICE + "people: [{name: 郑桂枝, sex: 女士}]\n": r"people\[0\].sex: 女士 is not one of 男, 女",
    OFFICE + "people: [{name: 郑桂枝, phone: 无}]\n": r"people\[0\].phone: 无 is not a phone number",
    OFFICE + "people: [{name: 郑桂枝, branch: 一支部}]\n": r"people\[0\].branch: no branch is called 一支部",
    OFFICE
    + "people: [{name: 郑桂枝, quiet_from: 21}]\n": r"people\[0\]: quiet_from and quiet_until go together",
    OFFICE
    + "branches: [{name: 一支部}, {name: 一支部}]\n": r"branches\[1\]: another branch is called 一支部",
    OFFICE + f"activities: [{CLASS}, venue: 文化站}}]\n": r"activities\[0\].venue: no venue is called 文化站",
    OFFICE
    + "activities: [{title: 书法课, kind: 课程班, starts: 后天}]\n": r"activities\[0\].starts: 后天 is not a",
    OFFICE + f"activities: [{CLASS}, ends: 14:00}}]\n": r"activities\[0\]: an activity ends after it starts",
    OFFICE
    + f"activities: [{CLASS}, booked: [钱多多]}}]\n": r"\[0\].booked\[0\]: nobody on the roster is called",
    OFFICE
    + PEOPLE
    + f"activities: [{CLASS}, booked: [郑桂枝, 吕静安]}}]\n": r"booked\[1\]: refused, not eligible",
    OFFICE + PEOPLE + f"activities: [{CLASS}, waiting: [郑桂枝]}}]\n": r"waiting\[0\]: there are places left",
    OFFICE + PEOPLE + f"activities: [{CLASS}, state: full}}]\n": r"\[0\].state: .* it is open, not full",
    OFFICE
    + PEOPLE
    + "ledger: [{person: 郑桂枝, points: -5, words: 兑换}]\n": r"ledger\[0\]: refused, insufficient",
    OFFICE
    + PEOPLE
    + "ledger: [{person: 郑桂枝, words: 兑换}]\n": r"ledger\[0\]: give either points or hours",
    OFFICE
    + PEOPLE
    + "reminders: [{person: 郑桂枝, rrule: 每天}]\n": r"reminders\[0\].rrule: the rule says no hour",
    OFFICE
    + "people: [{name: 李四}, {name: 李四}]\ncodes: [{person: 李四, code: 123456}]\n": "2 people are called",
    OFFICE + PEOPLE + "balances: [{person: 郑桂枝, hours: inf}]\n": r"balances\[0\].hours: ensure this value",
    OFFICE + "chats: [{address: 7}]\n": r"chats\[0\]: this needs people or staff",
    OFFICE + OFFICE: "line 2: this is not YAML, the key office is there twice",
    "office: [": "this is not YAML",
    "": "A world is a mapping of sections",
}


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize(("words", "sentence"), MISTAKES.items(), ids=MISTAKES.values())
def test_a_mistake_is_told_with_its_place_and_nothing_is_loaded(
    words: str, sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "world.yml"
    file.write_text(words, encoding="utf-8")

    with pytest.raises(OperatorError, match=sentence):
        load(read(file), MONDAY)

    assert everything() == 0


@pytest.mark.usefixtures("database")
def test_what_was_written_before_a_mistake_is_undone(tmp_path: Path) -> None:
    file = tmp_path / "world.yml"
    words = SMALL.read_text(encoding="utf-8") + "    answer: 周三\n    by: 无名\n"
    file.write_text(words, encoding="utf-8")

    with pytest.raises(OperatorError, match=r"questions\[0\].by: no member of staff is called 无名"):
        load(read(file), MONDAY)

    assert everything() == 0


def everything() -> int:
    """How many rows there are in all tables together."""
    with reading() as session:
        tables = metadata.sorted_tables
        return sum(session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


TIMES = {
    "now": "2026-11-23T09:30",
    "+2d 15:00": "2026-11-25T15:00",
    "-3d": "2026-11-20T09:30",
    "+1w 08:00": "2026-11-30T08:00",
    "+90m": "2026-11-23T11:00",
    "-2h": "2026-11-23T07:30",
    "tomorrow 15:00": "2026-11-24T15:00",
    "yesterday": "2026-11-22T09:30",
    "next TH 15:00": "2026-11-26T15:00",
    "next MO 15:00": "2026-11-30T15:00",
    "last MO 15:00": "2026-11-16T15:00",
    "last SU": "2026-11-22T09:30",
    "15:00": "2026-12-01T15:00",
    "2026-11-26T15:00": "2026-11-26T15:00",
    "2026-11-26": "2026-11-26T00:00",
    "2026-11-26T07:00:00Z": "2026-11-26T15:00",
}


@pytest.mark.parametrize("words", TIMES)
def test_times_are_read_from_now(words: str) -> None:
    first_of_december = clock.parse("2026-12-01T00:00").date()
    assert When(words).at(MONDAY, first_of_december) == clock.parse(TIMES[words])


@pytest.mark.parametrize(
    "words", ["", "soon", "+2d15:00", "next 15:00", "+90m 15:00", "now 15:00", "+1d 25:00", "2026-13-01"]
)
def test_what_is_no_time_is_refused(words: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        When(words).at(MONDAY)
