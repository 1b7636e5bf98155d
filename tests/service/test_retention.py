"""What people wrote is forgotten after its time; what they handed in is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service import db
from service.matters import retention
from service.matters.attachments import of_matter
from service.matters.models import Matter, matters
from service.messages import buttons, chats, dialogues, inbox, outbox, page_view, sending
from service.messages.models import Chat, Incoming
from service.people.models import Person
from service.settings import settings
from service.suggestions import submitting
from service.wording import Button, Utterance
from tests.support.talk import MONDAY

LONG_AGO = MONDAY - timedelta(days=settings().messages_kept_days + 1)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of files."""
    monkeypatch.setattr(settings(), "assistant_home", tmp_path)
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


def say(chat: Chat, kind: str, payload: dict[str, object], now: datetime) -> Incoming:
    """Write, and be answered with a button."""
    row = inbox.receive(chat, str(payload), kind, payload, now)
    answer = outbox.reply(chat.id, Utterance("收到了", [Button("再看看", "/repeat")]), now, answers=row)
    sending.settle(answer, "sent", now)
    inbox.settle(row, now)
    return row


def test_old_words_are_forgotten_and_what_was_handed_in_stays(database: db.Engine, files: Path) -> None:
    """秦月娥 sent two photos a year ago, one with a suggestion, and wrote again today."""
    chat = chats.open_chat("page", "yuee", LONG_AGO)
    with db.unit_of_work() as session:
        yuee = Person(name="秦月娥")
        session.add(yuee)
        session.flush()
    chats.bind(chat, yuee, "test", LONG_AGO)
    for name in ("bench.jpg", "cat.jpg"):
        (files / name).write_bytes(b"a photo")
        say(chat, "photo", {"file": name, "caption": "您看"}, LONG_AGO)
    submitting.submit(yuee, chat, "河边修一条长椅", [{"kind": "photo", "file": "bench.jpg"}], LONG_AGO)
    dialogues.store(chat.id, {"slots": {}, "loop": None, "events": []}, LONG_AGO)
    say(chat, "words", {"text": "我又来了"}, MONDAY)

    assert retention.forget(MONDAY) == 4

    assert [entry.text for entry in page_view.look("yuee", MONDAY).entries] == ["我又来了", "收到了"]  # type: ignore[union-attr]
    assert dialogues.load(chat.id) is None
    assert buttons.shown_with_words(chat.id, "再看看", MONDAY) is not None
    assert [path.name for path in files.iterdir()] == ["bench.jpg"]
    with db.reading() as session:
        matter = session.execute(select(Matter).where(matters.c.person_id == yuee.id)).scalars().one()
        assert matter.subject == "建议：河边修一条长椅"
    assert [each.file for each in of_matter(matter)] == ["bench.jpg"]
    assert retention.forget(MONDAY) == 0


def test_what_still_waits_is_not_forgotten(database: db.Engine, files: Path) -> None:
    """The assistant was away for more than a year, and answers all the same."""
    chat = chats.open_chat("page", "yuee", LONG_AGO)
    inbox.receive(chat, "1", "words", {"text": "我有多少积分"}, LONG_AGO)
    row = outbox.reply(chat.id, Utterance("您有120分"), LONG_AGO)
    assert retention.forget(MONDAY) == 0
    assert inbox.claim("a worker", MONDAY).payload == {"text": "我有多少积分"}  # type: ignore[union-attr]
    assert outbox.get(row.id).payload == {"text": "您有120分", "photo": None}
