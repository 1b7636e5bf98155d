"""The unit of work: joined, undone in part or whole, never committed over a failure; and what the file holds."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timezone
from pathlib import Path

import pytest
from sqlalchemy import exc as sa_exc
from sqlalchemy import select, text

from service import db
from service.clock import SHANGHAI
from service.errors import Refusal, TurnAborted
from service.messages import chats, inbox
from service.messages.models import Chat
from service.messages.models import chats as chat_rows
from service.messages.models import inbox as inbox_rows
from service.people.models import people
from service.people.queries import by_name
from tests.support.talk import MONDAY, enrol


def names() -> list[str]:
    """Everybody on the roster, as another transaction sees it."""
    with db.engine().connect() as connection:
        return list(connection.execute(select(people.c.name).order_by(people.c.id)).scalars())


def lock_failure() -> sa_exc.OperationalError:
    """What SQLAlchemy raises when the database is locked."""
    return sa_exc.OperationalError("UPDATE people", {}, Exception("database is locked"))


def test_units_of_work_join(database: db.Engine) -> None:
    """罗淑兰 and 杜长河 are enrolled in one unit of work: nobody sees either before it ends."""
    with db.unit_of_work():
        enrol("罗淑兰")
        enrol("杜长河")
        assert [person.name for person in by_name("罗淑兰")] == ["罗淑兰"]
        if database.dialect.name == "postgresql":
            assert names() == []
    assert names() == ["罗淑兰", "杜长河"]


def test_a_bug_undoes_the_whole(database: db.Engine) -> None:
    """An exception on the way out leaves nothing, and is raised as it is."""
    with pytest.raises(ZeroDivisionError), db.unit_of_work():
        enrol("罗淑兰")
        _ = 1 / 0
    assert names() == []


def test_a_savepoint_fails_alone(database: db.Engine) -> None:
    """A refusal inside a savepoint undoes what was written there and nothing else."""
    with db.unit_of_work():
        enrol("罗淑兰")
        with pytest.raises(Refusal), db.savepoint():
            enrol("杜长河")
            raise Refusal()
        enrol("白玉珍")
    assert names() == ["罗淑兰", "白玉珍"]


def test_a_released_savepoint_goes_with_its_whole(database: db.Engine) -> None:
    """What a savepoint has written is undone with the unit of work around it."""
    with pytest.raises(ZeroDivisionError), db.unit_of_work():
        with db.savepoint():
            enrol("罗淑兰")
        _ = 1 / 0
    assert names() == []


def test_a_refused_row_leaves_the_rest_possible(database: db.Engine) -> None:
    """A broken constraint in a savepoint does not end the transaction, on PostgreSQL either."""
    with db.unit_of_work() as session:
        session.add(Chat(channel="page", address="a", opened_at=MONDAY))
        session.flush()
        with pytest.raises(sa_exc.IntegrityError), db.savepoint() as part:
            part.add(Chat(channel="page", address="a", opened_at=MONDAY))
            part.flush()
        enrol("白玉珍")
    assert names() == ["白玉珍"]


@pytest.mark.parametrize("inner", [db.unit_of_work, db.savepoint, db.reading])
def test_a_swallowed_failure_aborts(database: db.Engine, inner: object) -> None:
    """Rasa swallows what an action or a form raises; the transaction must not be committed all the same."""
    with pytest.raises(TurnAborted), db.unit_of_work():
        enrol("罗淑兰")
        try:
            with inner():  # type: ignore[operator]
                raise lock_failure()
        except sa_exc.OperationalError:
            pass
    assert names() == []


def test_a_real_failure_inside_a_query_aborts(database: db.Engine) -> None:
    """A statement that the database cannot carry out is a failure wherever it was swallowed."""
    statement = "SELECT * FROM nowhere"
    failure = sa_exc.OperationalError if database.dialect.name == "sqlite" else sa_exc.InternalError
    with pytest.raises(TurnAborted), db.unit_of_work():
        enrol("罗淑兰")
        try:
            with db.reading() as session:
                session.execute(text(statement))
        except sa_exc.DBAPIError:
            pass
        # On PostgreSQL the transaction is dead from here on, and says so.
        if failure is sa_exc.InternalError:
            with pytest.raises(failure):
                by_name("罗淑兰")
    assert names() == []


def test_a_refusal_is_no_failure(database: db.Engine) -> None:
    """A swallowed refusal lets the unit of work be committed."""
    with db.unit_of_work():
        enrol("罗淑兰")
        with pytest.raises(Refusal), db.unit_of_work():
            raise Refusal()
    assert names() == ["罗淑兰"]


def test_the_next_unit_of_work_starts_clean(database: db.Engine) -> None:
    """After an aborted one, the next is neither joined to it nor marked by it."""
    with pytest.raises(TurnAborted), db.unit_of_work():
        raise lock_failure()
    enrol("罗淑兰")
    assert names() == ["罗淑兰"]


def test_a_database_that_is_away_can_be_tried_again() -> None:
    """No server at all: the turn is aborted, not lost."""
    db.use(db.connect("postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        with pytest.raises(TurnAborted), db.unit_of_work():
            raise AssertionError("there is nothing to work on")
    finally:
        db.use(None)


def test_two_writers_on_sqlite_wait_for_each_other(sqlite: db.Engine) -> None:
    """A unit of work that reads first can still write: it has claimed the right to from its beginning."""
    with db.unit_of_work() as session:
        session.execute(select(people)).all()
        other = sqlite3.connect(str(sqlite.url.database), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
        enrol("罗淑兰")
    assert names() == ["罗淑兰"]


def test_reading_holds_nobody_up(sqlite: db.Engine) -> None:
    """While somebody reads, another can write; the reader goes on seeing what was there."""
    with db.reading() as session:
        assert session.execute(select(people)).all() == []
        with sqlite.begin() as other:
            other.execute(people.insert().values(name="杜长河"))
        assert session.execute(select(people)).all() == []
    assert names() == ["杜长河"]


def test_naive_times_are_refused(database: db.Engine) -> None:
    """A time without a zone is nobody's time."""
    with pytest.raises(sa_exc.StatementError, match="naive"):
        chats.open_chat("page", "a", datetime(2026, 11, 23, 9, 30))
    assert chats.find_chat("page", "a") is None


def test_times_come_back_as_they_were(database: db.Engine) -> None:
    """Half past nine in Shanghai is half past one in UTC, wherever it was kept."""
    chats.open_chat("page", "a", datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI))
    kept = chats.find_chat("page", "a")
    assert kept is not None
    assert kept.opened_at == datetime(2026, 11, 23, 1, 30, tzinfo=timezone.utc)
    assert kept.opened_at.tzinfo is timezone.utc


def test_what_people_write_is_not_in_the_clear(database: db.Engine) -> None:
    """The bytes in the table hold neither the words nor their codes, and the words come back."""
    said = "我想反映楼道灯坏了，电话 13900005678"
    chat = chats.open_chat("page", "a", MONDAY)
    inbox.receive(chat, "1", "words", {"text": said}, MONDAY)
    with db.engine().connect() as connection:
        raw = bytes(connection.execute(text("SELECT payload FROM inbox")).scalar_one())
    for clear in (said, "楼道", "13900005678"):
        assert clear.encode() not in raw
        assert clear.encode("unicode_escape") not in raw
    with db.reading() as session:
        assert session.execute(select(inbox_rows.c.payload)).scalar_one() == {"text": said}


def test_the_file_on_disk_holds_no_words(sqlite: db.Engine, tmp_path: Path) -> None:
    """Nor does the file, its journal or its index."""
    chat = chats.open_chat("page", "a", MONDAY)
    inbox.receive(chat, "1", "words", {"text": "孙女明天来看我"}, MONDAY)
    files = [path for path in tmp_path.iterdir() if path.name.startswith("test.db")]
    assert files
    for path in files:
        assert "孙女".encode() not in path.read_bytes()


def test_a_constraint_holds_beneath_the_rules(database: db.Engine) -> None:
    """SQLite too refuses a row that refers to nothing."""
    with pytest.raises(sa_exc.IntegrityError), db.unit_of_work() as session:
        session.execute(
            chat_rows.insert().values(channel="page", address="a", person_id=99, opened_at=MONDAY)
        )
