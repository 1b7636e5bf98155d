"""The staff's command line for activities: published, held, settled; posts, teams and contests."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from bot.admin import admin
from service import clock, db, migrations
from service.clock import parse
from service.errors import OperatorError
from service.ledger.queries import balance
from service.people.queries import by_name
from service.settings import ROOT
from service.world.loader import load
from service.world.reading import read
from tests.support.talk import enrol

MONDAY = parse("2026-11-23T09:30")


@pytest.fixture(autouse=True)
def small(database: db.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small world on a Monday morning; its tables are made without migrations."""
    load(read(ROOT / "tests/worlds/small.yml"), MONDAY)
    monkeypatch.setattr(migrations, "require_current", lambda: None)
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def said(*words: str) -> str:
    """What `bot admin` prints when all is well."""
    result = CliRunner().invoke(admin, list(words))
    if result.exception is not None:
        raise result.exception
    return result.output


def test_from_publishing_to_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Published, its roster, who came, settled, corrected."""
    made = said(
        "activities",
        "add",
        "车站引导",
        "志愿岗",
        "2026-11-26T09:00",
        "--capacity",
        "3",
        "--team",
        "南华银龄先锋队",
    )
    number = re.search(r"Activity (\d+): 车站引导, code \d{6}", made)
    assert number is not None
    with pytest.raises(OperatorError, match="unknown kind"):
        said("activities", "add", "车站引导", "引导", "2026-11-26T09:00")
    with pytest.raises(OperatorError, match="closed"):
        said("activities", "check-in", number[1], "郑桂枝")
    assert "0 people are told" in said("activities", "change", number[1], "--starts", "2026-11-26T10:00")

    monkeypatch.setattr(clock, "now", lambda: parse("2026-11-26T10:10"))
    assert "Checked in 1" in said("activities", "check-in", number[1], "郑桂枝", "--late")
    assert re.search("郑桂枝.*工作人员 迟到", said("activities", "roster", number[1]))
    with pytest.raises(OperatorError, match="not settled"):
        said("activities", "settle", number[1])

    monkeypatch.setattr(clock, "now", lambda: parse("2026-11-26T18:00"))
    (zheng,) = by_name("郑桂枝")
    before = balance(zheng.id, "minutes")
    said("activities", "settle", number[1], "--dry-run")
    assert balance(zheng.id, "minutes") == before
    said("activities", "settle", number[1], "--hours", "郑桂枝=1.5")
    assert balance(zheng.id, "minutes") == before + 90
    said("activities", "correct", number[1], "郑桂枝", "1", "提前离岗")
    assert balance(zheng.id, "minutes") == before + 60
    assert re.search("南华银龄先锋队.*郑桂枝.*2.*1.*1.*1小时", said("teams"))


def test_draws_posts_and_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The draw can be recomputed from what is printed; the bin has somebody; the work is judged."""
    listed = said("activities")
    draw, show = (re.search(rf"│ +(\d+) +│[^\n]*{title}", listed) for title in ("湿地徒步", "南华书画展"))
    assert draw is not None
    assert show is not None
    assert "Not drawn yet" in said("activities", "draw", draw[1])
    assert "滨河路3号桶点" in said("posts")
    assert "No posts" in said("posts", "--uncovered")
    enrol("钱守业")
    with pytest.raises(OperatorError, match="post covered"):
        said("posts", "assign", "1", "钱守业")

    monkeypatch.setattr(clock, "now", lambda: parse("2026-12-03T09:00"))
    assert re.search("Seed [0-9a-f]{32}.*\n +1 B2026-", said("activities", "draw", draw[1]))
    said("contests", "open-round", show[1], "1")
    number = re.search(r"B2026-\d{4}", said("contests", "works", show[1]))
    assert number is not None
    said("contests", "score", number[0], "田小满", "92")
    assert "1 go on" in said("contests", "close-round", show[1])
    assert "1 works awarded" in said("contests", "awards", show[1], "一等奖=1")
    assert "一等奖" in said("contests", "works", show[1])
