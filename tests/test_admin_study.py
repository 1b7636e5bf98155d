"""What staff do about study and people's details from the command line, on the small world."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.errors import OperatorError
from service.ledger.posting import POINTS
from service.ledger.queries import balance
from service.messages import chats
from service.people.queries import by_name, by_phone
from service.profiles import changes
from service.study import enrolling, places
from tests.test_admin import MONDAY, run, said, small  # noqa: F401

pytestmark = pytest.mark.usefixtures("small")


def refused(*words: str) -> str:
    """The sentence that an operator reads when a command would not."""
    result = run(*words)
    assert isinstance(result.exception, OperatorError)
    return str(result.exception)


def test_a_term_and_a_class_are_opened_and_enrolled_in() -> None:
    dates = ("--starts", "2027-09-01", "--ends", "2028-01-15")
    enrolment = ("--enrol-from", "2026-11-01T09:00", "--enrol-until", "2027-08-20T17:00")
    assert "Opened 2027年秋季学期" in said("study", "open-term", "2027年秋季学期", *dates, *enrolment)
    weekly = ("--level", "村社", "--rrule", "FREQ=WEEKLY;BYDAY=FR;BYHOUR=15;BYMINUTE=0", "--capacity", "1")
    opened = said("study", "open-class", "2027年秋季学期", "剪纸", *weekly)
    class_id = re.fullmatch(r"Opened class (\d+), 剪纸, 每周五下午3点\n", opened).group(1)  # type: ignore[union-attr]
    assert "剪纸" in said("study", "classes")
    assert re.fullmatch(r"郑桂枝 已报名 B2026-\d{4}\n", said("study", "enrol", "郑桂枝", class_id))
    assert "class full" in refused("study", "enrol", "何长根", class_id)
    assert "排队中" in said("study", "enrol", "何长根", class_id, "--wait")
    assert "2 people are told" in said("study", "cancel-class", class_id, "教室维修")
    assert "0 people are told" in said("study", "cancel-class", class_id, "教室维修")
    assert "No term is called" in refused("study", "open-class", "没有的学期", "剪纸", *weekly)
    assert "already" in refused("study", "open-term", "2027年秋季学期", *dates, *enrolment)


def test_a_roster_is_recorded_once() -> None:
    (zheng,), (he,) = by_name("郑桂枝"), by_name("何长根")
    before = balance(zheng.id, POINTS)
    words = ("study", "finished", "智能手机一点通", "2", "郑桂枝", "何长根", "--through", "集中学习")
    assert said(*words) == "Recorded for 2 people; 0 had finished it before\n"
    assert said(*words) == "Recorded for 0 people; 2 had finished it before\n"
    # As the rule of this world has it.
    assert (balance(zheng.id, POINTS) - before, balance(he.id, POINTS)) == (3, 3)
    assert "has no lesson 9" in refused(*words[:3], "9", *words[4:])
    assert "not one of" in refused(*words[:-1], "梦里")


def test_questions_are_imported_or_every_bad_row_is_named(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    header = "主题,题目,选项A,选项B,答案\n"
    good.write_text(
        header + "反诈,验证码能告诉别人吗？,能,不能,B\n反诈,陌生链接能点吗？,能,不能,B\n", encoding="utf-8"
    )
    bad.write_text(header + "反诈,中奖要先交税？,对,错,B\n反诈,没有答案,对,错,\n", encoding="utf-8")
    result = run("study", "import-questions", str(bad))
    assert "答案是空的" in result.output
    assert "│ 3" in result.output
    assert "Nothing was imported" in str(result.exception)
    assert (
        said("study", "import-questions", str(good)) == "Imported 2 questions; 0 were in the bank already\n"
    )
    assert (
        said("study", "import-questions", str(good)) == "Imported 0 questions; 2 were in the bank already\n"
    )
    days = ("--topic", "反诈", "--opens", "2026-12-01", "--closes", "2026-12-05")
    assert "only 2" in refused("study", "open-quiz", "反诈竞答", *days)
    marks = ("--questions", "2", "--pass-mark", "1")
    assert "is open from 2026-12-01" in said("study", "open-quiz", "反诈竞答", *days, *marks)
    assert "反诈竞答" in said("study", "quizzes")
    assert said("study", "results", "1") == "Nobody.\n"


def test_figures_have_numerator_and_denominator() -> None:
    shown = said("study", "figures", "--since", "2026-11-01", "--until", "2026-11-30", "--rows")
    assert "1 of 3 on the roster" in shown
    assert "Lessons finished: 1 of 2 begun" in shown
    assert "集中学习" in shown


def test_changes_are_applied_or_refused() -> None:
    (zheng,) = by_name("郑桂枝")
    chat = chats.open_chat("page", "hers", MONDAY)
    chats.bind(chat, zheng, "staff", MONDAY)
    chat = chats.get_chat(chat.id)
    phone = changes.ask(chat, "phone", "13900000288", MONDAY).receipt_no
    spouse = changes.ask(chat, "spouse", "郑守田", MONDAY).receipt_no
    assert phone in said("people", "changes")
    assert said("people", "apply", phone.lower()) == f"Applied {phone}; 郑桂枝 is told\n"
    assert [each.name for each in by_phone("13900000288")] == ["郑桂枝"]
    assert said("people", "refuse", spouse, "已经是他了") == f"Refused {spouse}; 郑桂枝 is told\n"
    assert "settled already: 未更改" in refused("people", "apply", spouse)
    assert said("people", "changes") == "No changes wait.\n"
    assert "no change C2026-9999" in refused("people", "apply", "C2026-9999")


def test_the_small_world_has_a_class_a_quiz_and_details() -> None:
    (zheng,), (he,) = by_name("郑桂枝"), by_name("何长根")
    assert [(each.offer.title, each.position) for each in places.places_of(zheng.id, MONDAY)] == [
        ("国画山水", None)
    ]
    assert [(each.offer.title, each.position) for each in places.places_of(he.id, MONDAY)] == [
        ("国画山水", 1)
    ]
    enrolling.withdraw(zheng, places.places_of(zheng.id, MONDAY)[0].enrolment.receipt_no, MONDAY)
    assert places.places_of(he.id, MONDAY)[0].position is None
    assert "党史知识竞答" in said("study", "quizzes")
    assert "老师另有任务" in said("study", "classes")
