"""What staff do with points, rewards and the time bank from the command line, on the small world."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner, Result

from bot.admin import admin
from service import clock, db, migrations
from service.ledger import queries
from service.people import queries as people
from service.settings import ROOT
from service.timebank import helping
from service.timebank.queries import of_person
from service.world.loader import load
from service.world.reading import read
from tests.support.talk import MONDAY, StandingClock


@pytest.fixture
def at(sqlite: db.Engine, monkeypatch: pytest.MonkeyPatch) -> StandingClock:
    """The clock of the small world."""
    standing = StandingClock()
    load(read(ROOT / "tests/worlds/small.yml"), MONDAY)
    monkeypatch.setattr(migrations, "require_current", lambda: None)
    monkeypatch.setattr(clock, "now", standing)
    return standing


def run(*words: str) -> Result:
    """What `bot admin` does with these words."""
    return CliRunner().invoke(admin, list(words))


def said(*words: str) -> str:
    """What `bot admin` prints when all is well."""
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: str) -> str:
    """The sentence with which `bot admin` refuses."""
    result = run(*words)
    assert result.exit_code != 0
    return str(result.exception)


def points(name: str) -> int:
    """What the person has."""
    (person,) = people.by_name(name)
    return queries.balance(person.id, "points")


@pytest.mark.usefixtures("at")
def test_handing_out() -> None:
    """By the number that the person tells, however it is written; again changes nothing."""
    assert re.search("R2026-0002.*吕静安.*大米 1袋.*40.*2026-12-02.*待领取", said("rewards", "redemptions"))
    assert (
        said("rewards", "hand-out", "r2026 0002", "--by", "田小满")
        == "Handed out R2026-0002: 吕静安 大米 1袋\n"
    )
    said("rewards", "hand-out", "R2026-0002", "--by", "田小满")
    assert said("rewards", "redemptions") == "No redemptions.\n"
    assert "已领取" in said("rewards", "redemptions", "--state", "all")
    assert "no redemption R2026-0099" in refused("rewards", "hand-out", "R2026-0099", "--by", "田小满")
    assert "No member of staff" in refused("rewards", "hand-out", "R2026-0002", "--by", "无名")


@pytest.mark.usefixtures("at")
def test_the_shelf() -> None:
    """Put there, counted, taken away."""
    assert re.search("大米.*40.*5袋.*2.*老干部局一楼.*一三五.*10.*可换", said("rewards"))
    offered = ("--price", "25", "--stock", "9", "--place", "老干部局一楼", "--times", "上午", "--unit", "个")
    assert said("rewards", "add", "保温杯", *offered) == "Offered 保温杯 as reward 3\n"
    assert "known already" in refused("rewards", "add", "保温杯", *offered)
    assert said("rewards", "stock", "3", "4") == "保温杯: 13个\n"
    assert "only 13" in refused("rewards", "stock", "3", "--", "-14")
    assert "not offered any more" in said("rewards", "withdraw", "3")
    assert re.search("保温杯.*已下架", said("rewards"))
    assert "no reward 9" in refused("rewards", "withdraw", "9")


@pytest.mark.usefixtures("at")
def test_rules() -> None:
    """What is in force and what is coming."""
    assert re.search(r"lesson_finished.*3.*15.*不限.*2026-11-23", said("ledger", "rules"))
    change = ("set-rule", "activity_attended", "8", "--daily-cap", "16", "--from", "2027-01-01")
    assert said("ledger", *change, "--by", "田小满") == "activity_attended: 8 from 2027-01-01\n"
    assert re.search(r"activity_attended.*8.*16.*2027-01-01", said("ledger", "rules"))
    past = ("set-rule", "activity_attended", "8", "--from", "2026-01-01", "--by", "田小满")
    assert "today or later" in refused("ledger", *past)


@pytest.mark.usefixtures("at")
def test_statement_and_correction() -> None:
    """The year by reason; a wrong entry is taken back once, with who and why."""
    shown = said("ledger", "statement", "郑桂枝")
    assert "郑桂枝 2026年 年初0积分，收入120积分，支出30积分，结余90积分" in shown
    assert re.search("积分.*高铁站引导 2小时.*1.*\\+20积分", shown)
    (person,) = people.by_name("郑桂枝")
    wrong = next(each for each in queries.history(person.id, "points") if each.amount == 20)
    assert "Taken back" in said("ledger", "correct", str(wrong.entry_id), "重复记分", "--by", "田小满")
    assert points("郑桂枝") == 70
    assert re.search("田小满.*重复记分.*高铁站引导", said("ledger", "corrections"))
    assert "already" in refused("ledger", "correct", str(wrong.entry_id), "重复记分", "--by", "田小满")
    assert "no entry 999" in refused("ledger", "correct", "999", "重复记分", "--by", "田小满")
    assert "Every entry" in said("ledger", "verify")


def test_year_end(at: StandingClock) -> None:
    """Announced, previewed, closed; again changes nothing; another rule is refused."""
    assert "last month" in refused("ledger", "cycle", "close", "2026", "--keep", "50", "--by", "田小满")
    said("ledger", "cycle", "announce", "2026", "--keep", "50")
    at.set("2026-12-31T20:00")
    shown = said("ledger", "cycle", "preview", "2026", "--keep", "50")
    assert re.search("郑桂枝.*90.*50.*40", shown)
    assert "2 people, 160 points: 100 carried over, 60 lapsed" in shown
    for _ in range(2):
        closed = said("ledger", "cycle", "close", "2026", "--keep", "50", "--by", "田小满")
        assert closed == "2 people, 160 points: 100 carried over, 60 lapsed\n"
        assert (points("郑桂枝"), points("吕静安")) == (50, 50)
    assert "stands" in refused("ledger", "cycle", "close", "2026", "--keep", "all", "--by", "田小满")
    assert "neither" in refused("ledger", "cycle", "preview", "2026", "--keep", "some")
    assert "being closed" in refused("ledger", "cycle", "announce", "2026", "--keep", "all")


def test_a_dispute_is_decided(at: StandingClock) -> None:
    """Listed with what is objected; so many minutes to the helper."""
    at.set("2026-11-25T11:00")
    (zheng,), (lu,) = people.by_name("郑桂枝"), people.by_name("吕静安")
    (asked,) = of_person(zheng.id, "claimed")
    number = asked.request.receipt_no
    assert "not in dispute" in refused("timebank", "decide", number, "30", "--by", "田小满")
    helping.dispute(lu, number, "只来了一半时间", clock.now())
    assert re.search(
        "吕静安.*陪我去医院取药.*郑桂枝.*核实中.*只来了一半", said("timebank", "--state", "disputed")
    )
    assert (
        said("timebank", "decide", number, "30", "--by", "田小满")
        == f"Settled {number}: 30分钟 to the helper\n"
    )
    assert queries.balance(zheng.id, "minutes") == 330
    assert said("timebank", "--state", "disputed") == "No requests.\n"


@pytest.mark.usefixtures("at")
def test_recognitions() -> None:
    """Recorded with what earned them, and listed."""
    said("recognitions", "add", "郑桂枝", "通报表扬", "优秀志愿者", "全年站岗六十小时", "--by", "田小满")
    assert re.search(
        "2026-11-23.*通报表扬《优秀志愿者》.*全年站岗六十小时", said("recognitions", "list", "郑桂枝")
    )
    unpaid = ("recognitions", "add", "郑桂枝", "补贴", "交通补贴", "站岗", "--by", "田小满")
    assert "amount" in refused(*unpaid)
    assert "no matter S2026-0999" in refused(*unpaid, "--yuan", "20", "--matter", "S2026-0999")
