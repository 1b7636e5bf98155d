"""The staff's command line for suggestions, on the small world, on a Monday morning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.admin import admin
from service import clock, db, migrations
from service.db import reading
from service.messages.models import Outgoing, outbox
from service.people import queries as people
from service.settings import ROOT, settings
from service.world.loader import load
from service.world.reading import read

MONDAY = clock.parse("2026-11-23T09:30")
BENCH = "S2026-0003"
BY = ("--by", "田小满")


@pytest.fixture(autouse=True)
def small(database: db.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small world; its tables are made without migrations."""
    load(read(ROOT / "tests/worlds/small.yml"), MONDAY)
    monkeypatch.setattr(migrations, "require_current", lambda: None)
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def run(*words: str) -> Result:
    """What `bot admin` does with these words."""
    return CliRunner().invoke(admin, list(words))


def said(*words: str) -> str:
    """What `bot admin suggestions` prints when all is well."""
    result = run("suggestions", *words)
    assert result.exit_code == 0, result.exception
    return result.output


def told_to(name: str) -> list[str]:
    """What waits to be sent to a person about suggestions."""
    (person,) = people.by_name(name)
    with reading() as session:
        query = select(Outgoing).where(outbox.c.person_id == person.id, outbox.c.state == "pending")
        rows = session.execute(
            query.where(outbox.c.kind == "suggestion_news").order_by(outbox.c.id)
        ).scalars()
        return [row.payload["text"] for row in rows]


def test_one_is_taken_all_the_way() -> None:
    """何长根's bench, from the list to what came of it; each command once more changes nothing."""
    assert re.search(f"{BENCH}.*何长根.*已收到.*长椅", said())
    commands = [
        ("forward", "s2026 0003", "清溪县住建局", "--due", "2026-12-07", *BY),
        ("start", BENCH, *BY),
        ("instruct", BENCH, "县委老干部局负责同志", "请抓紧", "--dated", "2026-11-23", *BY),
        ("draft", BENCH, "不好办", *BY),
        ("draft", BENCH, "本月装好", *BY),
        ("publish", BENCH, *BY),
        ("decide", BENCH, "adopt", *BY),
        ("outcome", BENCH, "装了一把", *BY),
    ]
    for command in commands:
        said(*command)
        if command[0] != "draft":
            said(*command)

    heard = told_to("何长根")
    assert len(heard) == 6
    assert "12月7日（周一）前答复" in heard[0]
    assert not any("不好办" in each for each in heard)
    shown = said("show", BENCH)
    assert re.search("批示.*县委老干部局负责同志.*请抓紧", shown)
    assert re.search("不好办.*草稿", shown)
    assert said("--state", "已有成果").count("S2026-") == 2


def test_what_is_refused_is_said_with_its_name() -> None:
    for words, sentence in {
        ("start", BENCH, *BY): "Refused, move not allowed: .*已收到.*办理中",
        ("publish", "S2026-0099", *BY): "There is no suggestion S2026-0099",
        ("forward", BENCH, "没有的单位", *BY): "No unit is called 没有的单位",
        ("forward", BENCH, "清溪县住建局", "--due", "2026-11-01", *BY): "Refused, due in the past",
        ("decide", BENCH, "maybe", *BY): "maybe is no decision",
        ("merge", "S2026-0002", BENCH, *BY): "Refused, merged already: .*S2026-0001",
        ("start", BENCH, "--by", "无名"): "No member of staff is called 无名",
    }.items():
        assert re.match(sentence, str(run("suggestions", *words).exception)), words


def test_overdue_with_the_liaison(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("overdue") == "Nothing is overdue.\n"
    said("forward", BENCH, "清溪县住建局", *BY)
    monkeypatch.setattr(clock, "now", lambda: clock.parse("2026-12-10T09:30"))
    assert re.search(f"{BENCH}.*清溪县住建局.*曹立秋.*0000-6123001.*2026-12-08.*2天", said("overdue"))


def test_merged_hidden_and_counted() -> None:
    said("merge", BENCH, "S2026-0001", *BY)
    assert "和 S2026-0001 说的是一件事" in told_to("何长根")[0]
    said("hide", "S2026-0001")
    said("hide", "S2026-0001", "--undo")
    figures = said("figures", "2026-10-01", "2026-11-30")
    assert re.search("提出.*3", figures)
    assert re.search("采纳率.*1/1 = 100.0%.*S2026-0001", figures)
    assert re.search("平均评价.*5.00", figures)


def test_campaigns_units_and_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said("campaigns", "open", "我为教育出份力", "2026-11-20", "2026-12-20", "--theme", "关心下一代")
    said("campaigns", "attach", BENCH, "我为教育出份力")
    assert re.search("我为教育出份力.*关心下一代.*征集中.*1", said("campaigns"))
    assert said("--campaign", "我为教育出份力").count("S2026-") == 1
    said("campaigns", "close", "我为教育出份力")
    assert re.search("我为教育出份力.*已结束", said("campaigns"))
    assert "ends on the day" in str(
        run("suggestions", "campaigns", "open", "倒着", "2026-12-02", "2026-12-01").exception
    )

    assert run("units", "keep", "清溪县文旅局", "--liaison", "戴春梅").exit_code == 0
    assert re.search("清溪县文旅局.*戴春梅", run("units").output)

    monkeypatch.setattr(settings(), "assistant_home", tmp_path)
    document = tmp_path / "报告.txt"
    document.write_text("走访十户", encoding="utf-8")
    said(
        "reports",
        "add",
        str(document),
        "--title",
        "果树调研",
        "--authors",
        "调研组",
        "--finished",
        "2026-11-02",
    )
    number = re.search(r"(\d+) *│ 果树调研", said("reports", "--year", "2026"))
    assert number is not None
    said("reports", "outcome", number[1], "办了两期嫁接培训")
    assert "办了两期嫁接培训（2026-11-23）" in said("reports")
    assert "Cannot read or keep" in str(
        run("suggestions", "reports", "add", "没有.txt", "--title", "无", "--authors", "无").exception
    )
