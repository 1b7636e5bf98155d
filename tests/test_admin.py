"""The staff's command line, on the small world, on a Monday morning; and filling a database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot import seeding
from bot.admin import admin
from service import clock, db, migrations
from service.cases import alerts, questions
from service.db import reading, unit_of_work
from service.ledger.models import accounts
from service.messages import bindings, chats, sending
from service.messages import outbox as writing
from service.messages.models import Outgoing, outbox
from service.organisations.queries import office
from service.people import queries as people
from service.settings import ROOT
from service.wording import Utterance
from service.world.loader import load
from service.world.reading import read

SMALL = ROOT / "tests/worlds/small.yml"
MONDAY = clock.parse("2026-11-23T09:30")


@pytest.fixture
def small(database: db.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small world; its tables are made without migrations."""
    load(read(SMALL), MONDAY)
    monkeypatch.setattr(migrations, "require_current", lambda: None)
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[db.Engine]:
    """A database that nothing has been made in."""
    engine = db.connect(f"sqlite:///{tmp_path}/empty.db")
    db.use(engine)
    yield engine
    db.use(None)
    engine.dispose()


def run(*words: str) -> Result:
    """What `bot admin` does with these words."""
    return CliRunner().invoke(admin, list(words))


def said(*words: str) -> str:
    """What `bot admin` prints when all is well."""
    result = run(*words)
    assert result.exit_code == 0, result.exception
    return result.output


@pytest.mark.usefixtures("small")
def test_people_are_found_by_name_part_of_it_or_phone() -> None:
    assert "郑桂枝" in said("people", "find", "桂枝")
    assert "老干部局第一支部" in said("people", "find", "13900000201")
    assert "13900000202 13900000212" in said("people", "find", "0212")
    assert said("people", "find", "钱多多") == "Nobody on the roster is 钱多多.\n"
    assert said("people", "find", "%") == "Nobody on the roster is %.\n"


@pytest.mark.usefixtures("small")
def test_a_code_links_a_chat() -> None:
    found = re.fullmatch(
        r"何长根 (\d{6}) \(until 2026-12-07 周一 09:30\)\n", said("people", "code", "何长根")
    )
    assert found is not None

    chat = chats.open_chat("page", "tablet", MONDAY)
    assert bindings.bind_by_code(chat, "何长根", found[1], MONDAY).name == "何长根"


@pytest.mark.usefixtures("small")
def test_an_alert_is_taken_once() -> None:
    (alert,) = alerts.open_alerts()
    assert "2026-11-22 周日 16:00" in said("alerts")

    said("alerts", "take", str(alert.id), "--by", "田小满")

    assert said("alerts") == "No open alerts.\n"
    again = run("alerts", "take", str(alert.id), "--by", "田小满")
    assert str(again.exception) == f"There is no open alert {alert.id}. See: python -m bot admin alerts."


@pytest.mark.usefixtures("small")
def test_a_question_is_answered_and_closed() -> None:
    assert "郑桂枝：想问问体检安排在哪天" in said("questions")

    said("questions", "answer", "q2026 0001", "体检在12月2日[周三]", "--by", "田小满")

    assert said("questions") == "No questions wait for an answer.\n"
    with reading() as session:
        query = select(Outgoing).where(outbox.c.kind == "answer")
        (told,) = session.execute(query).scalars()
    assert "体检在12月2日[周三]" in told.payload["text"]
    assert told.person_id == people.by_name("郑桂枝")[0].id

    said("questions", "close", "Q2026-0001")
    assert questions.get("Q2026-0001").state == "已解决"


@pytest.mark.usefixtures("small")
def test_what_is_not_there_is_said_in_a_sentence() -> None:
    sentences = {
        ("people", "code", "钱多多"): "Nobody on the roster is 钱多多. Look with: .* find PART.",
        ("questions", "answer", "Q2026-0099", "好", "--by", "田小满"): "There is no question Q2026-0099.",
        ("questions", "close", "什么"): "There is no question 什么.",
        ("alerts", "take", "1", "--by", "无名"): "No member of staff is called 无名.",
        ("activities", "cancel", "99", "因雨"): "There is no activity 99.",
    }
    for words, sentence in sentences.items():
        assert re.match(sentence, str(run(*words).exception)), words


@pytest.mark.usefixtures("small")
def test_activities_are_listed_and_called_off() -> None:
    coming, past = said("activities"), said("activities", "--past")
    number = re.search(r"(\d+) *│ 2026-11-26 周四 15:00 │ 楷书入门", coming)
    assert number is not None
    assert "已满" in coming
    assert "高铁站引导" not in coming
    assert "高铁站引导" in past

    assert "2 people are told" in said("activities", "cancel", number[1], "老师生病")
    assert re.search("楷书入门.*已取消", said("activities"))


@pytest.mark.usefixtures("small")
def test_what_people_have_is_shown_and_proved() -> None:
    assert said("ledger", "balance", "郑桂枝").startswith("郑桂枝：90积分，5小时\n")
    assert said("ledger", "verify") == "Every entry sums to zero and every balance is proved.\n"

    with unit_of_work() as session:
        session.execute(accounts.update().where(accounts.c.owner.like("person:%")).values(balance=1000))
    found = run("ledger", "verify")
    assert found.exit_code == 1
    assert "has 1000 points, but its entries prove 90" in found.output


@pytest.mark.usefixtures("small")
def test_a_message_of_unknown_fate_is_listed() -> None:
    assert said("outbox", "uncertain") == "No message of unknown fate.\n"
    chat = chats.find_chat("telegram", "700000001")
    assert chat is not None
    row = writing.write_to_chat(chat.id, "notice", Utterance("明天停水"), MONDAY)

    sending.mark_uncertain(row, MONDAY)

    assert re.search("notice.*telegram.*2026-11-23 周一 09:30.*明天停水", said("outbox", "uncertain"))


@pytest.mark.usefixtures("small")
def test_suggestions_and_staff_are_listed() -> None:
    assert re.search("S2026-0003.*何长根.*已收到.*长椅", said("suggestions"))
    assert re.search("田小满.*值班.*13900000101", said("staff"))


def test_only_help_works_without_tables(tmp_path: Path) -> None:
    """The command as staff type it; what they have to put right is one sentence and exit code 2."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path}/none.db",
        "ASSISTANT_HOME": str(tmp_path),
    }
    refused, helped = (
        subprocess.run(
            [sys.executable, "-m", "bot", "admin", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for words in (["staff"], ["people", "--help"])
    )

    assert refused.returncode == 2
    assert refused.stderr == "The database has no tables yet. Bring it up to date: python -m bot migrate.\n"
    assert helped.returncode == 0
    assert "Issue a one-time code" in helped.stdout


def test_seeding_makes_tables_and_a_world_once(empty: db.Engine, capsys: pytest.CaptureFixture[str]) -> None:
    seeding.seed(str(SMALL), "2026-11-23T09:30", if_fresh=True)
    assert "3 people, 1 branch, 1 community" in capsys.readouterr().err

    seeding.seed(None, None, if_fresh=True)
    assert capsys.readouterr().err == ""
    assert office().name == "清溪县老干部局"  # type: ignore[union-attr]

    with pytest.raises(seeding.OperatorError, match="already holds 清溪县老干部局 with 3 people"):
        seeding.seed(None, None, if_fresh=False)


def test_what_is_wrong_with_seeding_is_said_in_a_sentence(empty: db.Engine, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("office: {name: 清溪县老干部局}\nchats: [{address: 7, people: [无名]}]\n", "utf-8")

    with pytest.raises(seeding.OperatorError, match="soon is not a time; write it as 2026-11-23T09:30"):
        seeding.seed(str(SMALL), "soon", if_fresh=False)
    with pytest.raises(seeding.OperatorError, match=r"Cannot read nowhere\.yml"):
        seeding.seed("nowhere.yml", None, if_fresh=False)
    with pytest.raises(
        seeding.OperatorError, match=r"broken\.yml: chats\[0\]\.people\[0\]: nobody on the roster"
    ):
        seeding.seed(str(broken), None, if_fresh=False)
    assert office() is None
