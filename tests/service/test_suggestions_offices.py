"""What the office keeps beside the path: what is overdue, campaigns, research reports, figures."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from service import clock
from service.errors import NotFound
from service.organisations.units import all_units, keep_unit, unit_called
from service.settings import settings
from service.staff.models import Staff
from service.suggestions.campaigns import (
    all_campaigns,
    attach_to_campaign,
    campaign_called,
    close_campaign,
    named,
    open_campaign,
    running,
)
from service.suggestions.feedback import rate, reopen
from service.suggestions.figures import figures
from service.suggestions.merging import merge
from service.suggestions.overdue import chase, overdue
from service.suggestions.path import decide, forward, start
from service.suggestions.replying import draft_reply, publish_reply
from service.suggestions.reports import file_report, note_report_outcome, reports
from service.suggestions.states import ADOPTED, DECLINED, PARTLY
from service.suggestions.submitting import withdraw
from tests.service.suggestion_world import NOW, alerts, answered, desk, hand_in, person, suggestion

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("due", "last_moment"),
    [
        (date(2026, 12, 31), "2026-12-31T23:59:59"),  # the end of a year
        (date(2027, 2, 28), "2027-02-28T23:59:59"),  # of a February
        (date(2028, 2, 29), "2028-02-29T23:59:59"),  # of a long one
        (date(2026, 11, 30), "2026-11-30T23:59:59"),  # of a month
    ],
)
def test_the_due_date_ends_at_midnight_in_shanghai(due: date, last_moment: str) -> None:
    """The whole of the last day belongs to it, though by then it is another day, or year, elsewhere."""
    tian, unit = desk()
    number = hand_in(person("何长根"))
    forward(number, unit, due, NOW, staff=tian)
    last = clock.parse(last_moment)

    assert overdue(last) == []
    (late,) = overdue(last + timedelta(seconds=1))

    assert (late.matter.receipt_no, late.unit.liaison, late.days) == (number, "曹立秋", 1)


def test_staff_are_told_once_a_day_in_office_hours() -> None:
    """Due on Monday; on Tuesday from nine, once, and once more on Wednesday; not when it is answered."""
    tian, unit = desk()
    number = hand_in(person("何长根"))
    forward(number, unit, date(2026, 11, 23), NOW, staff=tian)

    def told_by(moment: str) -> int:
        chase(clock.parse(moment))
        chase(clock.parse(moment))
        return len(alerts())

    assert told_by("2026-11-23T17:00") == 0
    assert told_by("2026-11-24T08:59") == 0
    assert told_by("2026-11-24T09:00") == 1
    assert told_by("2026-11-24T15:00") == 1
    assert told_by("2026-11-25T18:30") == 1
    assert told_by("2026-11-26T10:00") == 2
    assert alerts()[0].startswith("有 1 条建议过了办理期限")
    assert (
        f"{number}（建议在南华社区公交站加一排带扶手…）清溪县住建局，联络员 曹立秋 0000-6123001"
        in alerts()[0]
    )
    assert "过了1天" in alerts()[0]
    start(number, clock.parse("2026-11-26T10:00"), staff=tian)
    assert told_by("2026-11-27T10:00") == 3
    answered_late(number, tian)
    assert told_by("2026-11-28T10:00") == 3


def answered_late(number: str, tian: Staff) -> None:
    """Draft and publish what is under way."""
    moment = clock.parse("2026-11-27T11:00")
    draft_reply(number, "好。", moment, staff=tian)
    publish_reply(number, moment, staff=tian)


def test_a_new_due_date_is_chased_by_itself() -> None:
    tian, unit = desk()
    number = hand_in(person("何长根"))
    forward(number, unit, date(2026, 11, 23), NOW, staff=tian)
    chase(clock.parse("2026-11-24T09:00"))
    forward(number, unit, date(2026, 11, 30), clock.parse("2026-11-24T10:00"), staff=tian)
    chase(clock.parse("2026-11-30T10:00"))
    assert len(alerts()) == 1
    chase(clock.parse("2026-12-01T10:00"))
    assert len(alerts()) == 2


def test_units_have_a_liaison_who_may_change() -> None:
    desk()
    office_id = unit_called("清溪县住建局").office_id
    keep_unit(office_id, "清溪县住建局", "戴春梅", "0000-6123002")
    keep_unit(office_id, "清溪县文旅局", "", "")
    assert [(each.name, each.liaison) for each in all_units()] == [
        ("清溪县住建局", "戴春梅"),
        ("清溪县文旅局", ""),
    ]
    with pytest.raises(NotFound):
        unit_called("没有这个单位")


def test_a_campaign_takes_in_what_is_meant_for_it_on_its_days() -> None:
    """From the first day to the last, or until it is ended."""
    he = person("何长根")
    campaign = open_campaign("我为清溪出份力", "环境", date(2026, 11, 1), date(2026, 11, 30))
    assert running(clock.parse("2026-10-31T23:59")) == []
    assert running(clock.parse("2026-11-30T23:59")) == [campaign]
    assert running(clock.parse("2026-12-01T00:00")) == []
    assert named("我为清溪出份力，河边要有垃圾桶", [campaign]) == campaign

    inside = hand_in(he, campaign_id=campaign.id)
    outside = hand_in(he, "食堂少放盐", clock.parse("2026-12-01T08:00"), campaign_id=campaign.id)
    close_campaign("我为清溪出份力", NOW)
    closed = hand_in(he, "早点发通知", NOW, campaign_id=campaign.id)

    found = [suggestion(number).campaign_id for number in (inside, outside, closed)]
    assert found == [campaign.id, None, None]
    attach_to_campaign(closed, campaign)
    assert [(each.title, count) for each, count in all_campaigns()] == [("我为清溪出份力", 2)]
    assert open_campaign("我为清溪出份力", "出行", date(2026, 11, 1), date(2026, 12, 31)).id == campaign.id
    assert campaign_called("我为清溪出份力").theme == "出行"
    assert [each.id for each in running(NOW)] == [campaign.id]
    with pytest.raises(ValueError, match="ends on the day"):
        open_campaign("倒着来", "", date(2026, 11, 2), date(2026, 11, 1))


def test_a_report_is_kept_with_what_came_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy stays when the document goes; the same document again is the same report."""
    monkeypatch.setattr(settings(), "assistant_home", tmp_path / "home")
    document = tmp_path / "适老化.txt"
    document.write_text("走访四个社区", encoding="utf-8")
    first = file_report("适老化改造调研报告", "调研组", date(2026, 6, 1), document, NOW)
    assert file_report("适老化改造调研报告", "调研组", date(2026, 6, 1), document, NOW).id == first.id
    document.unlink()
    assert (tmp_path / "home/files" / first.file).read_text(encoding="utf-8") == "走访四个社区"

    note_report_outcome(first.id, "列入民生实事", date(2026, 11, 1))
    (kept,) = reports(2026)
    assert (kept.outcome, kept.outcome_on) == ("列入民生实事", date(2026, 11, 1))
    assert reports(2025) == []
    with pytest.raises(NotFound):
        note_report_outcome(99, "好", date(2026, 11, 1))
    picture = tmp_path / "一张图.exe"
    picture.write_bytes(b"MZ")
    with pytest.raises(ValueError, match="a report is one of"):
        file_report("别的", "别人", date(2026, 6, 1), picture, NOW)


def test_figures_have_a_numerator_a_denominator_and_the_rows_behind() -> None:
    """Of six handed in, one was taken back and one merged; of the other four, three are decided, two adopted."""
    (tian, unit), he, lv = desk(), person("何长根"), person("吕静安")
    adopted, partly, declined, open_, gone, merged = (
        hand_in(he, f"建议第{place}件事情办一办") for place in "一二三四五六"
    )
    hand_in(lv, "上个月的", clock.parse("2026-10-31T23:59"))
    for number, decision in ((adopted, ADOPTED), (partly, PARTLY), (declined, DECLINED)):
        answered(number, tian, unit)
        decide(number, decision, NOW, staff=tian, words="原因")
    withdraw(he, gone, NOW)
    forward(merged, unit, date(2026, 12, 7), NOW, staff=tian)
    merge(merged, open_, NOW, staff=tian)
    rate(he, adopted, 5, NOW)
    rate(he, declined, 2, NOW)
    reopen(he, adopted, "还没装", NOW)

    found = figures(date(2026, 11, 1), date(2026, 11, 30))

    assert len(found.handed_in) == 6
    assert found.by_state["已撤回"] == (gone,)
    assert found.adoption.counted == (adopted, partly)
    assert found.adoption.of == (adopted, partly, declined)
    assert found.adoption.share == pytest.approx(2 / 3)
    assert found.answered.of == (adopted, partly, declined)
    assert found.in_time.share == 1
    assert found.ratings == {adopted: 5, declined: 2}
    assert found.mean_rating == 3.5
    assert figures(date(2026, 1, 1), date(2026, 1, 31)).adoption.share is None
