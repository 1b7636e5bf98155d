"""The whole assistant, killed with -9 again and again: every message is answered, nothing is done twice."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import training
from service import clock, db, migrations
from service.ledger import queries
from service.messages import chats, inbox
from service.messages.models import Chat, Outgoing
from service.messages.models import inbox as inbox_rows
from service.messages.models import outbox as outbox_rows
from service.organisations.models import Office
from service.settings import data_key
from service.study import reminders
from service.study.models import Course, Lesson
from service.suggestions.models import suggestions
from tests.bot import process
from tests.support.talk import enrol

ROLES = "conversation,delivery,scheduler"
NAMES = ("何长根", "白玉珍", "杜长河")
SAID = ("您好", "我有多少积分", "我想提个建议，活动室门口的台阶太高，请加一个扶手", "是的", "谢谢")
PATIENCE = 120


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home with a migrated database, the trained model, and a small world."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / training.model_path().name).symlink_to(training.fitting_model())
    engine = db.connect(f"sqlite:///{tmp_path}/assistant.db")
    db.use(engine)
    migrations.upgrade()
    with db.unit_of_work() as session:
        session.add(Office(name="银溪县老干部局", region="银溪县", phone="0000-8123456"))
        course = Course(title="智能手机入门", topics=["手机"])
        session.add(course)
        session.flush()
        session.add(
            Lesson(course.id, 1, "认识图标", medium="视频", where="https://example.org/l", minutes=20)
        )
    yield tmp_path
    db.use(None)
    engine.dispose()


class Served:
    """A serving process, which says on stderr when it is ready; always ended."""

    def __init__(self, home: Path) -> None:
        key = data_key().decode()
        self._process = process.start(home, "serve", "--roles", ROLES, DATA_KEY=key)

    def __enter__(self) -> subprocess.Popen[str]:
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def count(*where: object) -> int:
    """How many outbox rows are so."""
    with db.reading() as session:
        return int(session.execute(select(func.count()).select_from(outbox_rows).where(*where)).scalar_one())


def wait_until(holds: Callable[[], bool], running: subprocess.Popen[str]) -> None:
    """Look at the database until something holds."""
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert running.poll() is None, running.communicate()[1]
        assert time.monotonic() < give_up
        time.sleep(0.01)


def remind_now(chat: Chat) -> None:
    """A reminder whose time was a minute ago."""
    assert chat.person_id is not None
    at = clock.local(clock.now() - timedelta(minutes=1))
    rule = f"FREQ=DAILY;BYHOUR={at.hour};BYMINUTE={at.minute}"
    reminders.set_reminder(chat.person_id, rule, clock.now() - timedelta(minutes=5))


def write(people: list[Chat], number: int) -> None:
    """Everybody says their next sentence."""
    for chat in people:
        inbox.receive(chat, f"m{number}", "words", {"text": SAID[number]}, clock.now())


def test_killed_again_and_again(home: Path) -> None:
    """Three people write and are reminded while the program dies between arrival and reply, and while sending."""
    people = []
    for name in NAMES:
        person = enrol(name)
        chat = chats.open_chat("page", f"page-{person.id}", clock.now())
        chats.bind(chat, person, "staff", clock.now())
        people.append(chats.get_chat(chat.id))
    remind_now(people[0])
    write(people, 0)
    write(people, 1)

    def reminded() -> bool:
        return count(outbox_rows.c.kind == reminders.KIND) > 0

    with Served(home) as running:
        wait_until(reminded, running)
        running.send_signal(signal.SIGKILL)
        running.wait()

    write(people, 2)
    write(people, 3)
    before = count(outbox_rows.c.kind == "reply")
    with Served(home) as running:
        wait_until(lambda: count(outbox_rows.c.kind == "reply") > before + 3, running)
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert inbox.waiting_count() > 0

    write(people, 4)
    with Served(home) as running:
        wait_until(lambda: _all_done(), running)
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0

    for chat in people:
        _answered_once(chat)
    with db.reading() as session:
        handed_in = session.execute(select(suggestions.c.person_id)).scalars().all()
    assert sorted(handed_in) == sorted(chat.person_id or 0 for chat in people)
    assert count(outbox_rows.c.kind == reminders.KIND) == 1
    assert count(outbox_rows.c.kind == reminders.KIND, outbox_rows.c.state.in_(("sent", "uncertain"))) == 1
    assert queries.discrepancies() == []


def _all_done() -> bool:
    return inbox.waiting_count() == 0 and count(outbox_rows.c.state.in_(("pending", "sending"))) == 0


def _answered_once(chat: Chat) -> None:
    """Every sentence was handled, in order, and each reply reached the screen once, or says that it comes again."""
    with db.reading() as session:
        own = session.execute(select(inbox_rows).where(inbox_rows.c.chat_id == chat.id).order_by("id")).all()
        query = select(Outgoing).where(outbox_rows.c.chat_id == chat.id, outbox_rows.c.kind == "reply")
        rows = list(session.execute(query.order_by(outbox_rows.c.id)).scalars())
    assert [row.state for row in own] == ["handled"] * len(SAID)
    firsts = [row for row in rows if row.operation == "send" and row.target_id is None]
    assert list(dict.fromkeys(row.inbox_id for row in firsts)) == [row.id for row in own]
    for row in firsts:
        repeated = [each for each in rows if each.operation == "send" and each.target_id == row.id]
        if row.state == "sent":
            assert repeated == []
        else:
            assert row.state == "uncertain"
            assert [each.state for each in repeated] == ["sent"]
            assert (repeated[0].payload or {})["text"] == f"（重发）{(row.payload or {})['text']}"
    points = [row for row in firsts if row.inbox_id == own[1].id]
    assert len(points) == 1
