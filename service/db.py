"""The database: one engine a process, and the unit of work that everything written goes through."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, MetaData, create_engine, event
from sqlalchemy import exc as sa_exc
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session, registry
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

from service.errors import OperatorError, TurnAborted
from service.settings import settings

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
mapper_registry = registry(metadata=metadata)
mapped = mapper_registry.mapped

# SQLite numbers rows by itself only in a column declared INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")

_SQLITE_BUSY_SECONDS = 10
_READING = "reading"


class UtcDateTime(TypeDecorator):
    """An aware datetime, held in UTC; a naive one is refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def connect(url: str) -> Engine:
    """An engine for SQLite (WAL, foreign keys on, explicit transactions) or PostgreSQL.

    Its errors do not show what was written, so that no trace of one holds a name or a number.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, future=True, pool_pre_ping=True, hide_parameters=True)
    path = make_url(url).database
    if path and path != ":memory:":
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OperatorError(
                f"The folder of the database cannot be made ({error.strerror}). "
                "Correct ASSISTANT_HOME or DATABASE_URL."
            ) from None
    # Kept open, since closing the last connection to a WAL database costs as much as a turn.
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=QueuePool,
        connect_args={"timeout": _SQLITE_BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # pysqlite's own transactions would begin late and lose savepoints; ours begin in _begin_sqlite.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # A transaction that has read cannot become a writer once another has committed, so writers say so at once.
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@dataclass
class _Open:
    """The unit of work under way in this context, and the first infrastructure failure it met."""

    session: Session
    failure: BaseException | None = None


_engine: Engine | None = None
# SQLite lets one write at a time and makes the others sleep and look again; within a process they take turns instead.
_sqlite_writer = threading.Lock()
_open: ContextVar[_Open | None] = ContextVar("unit_of_work", default=None)


def engine() -> Engine:
    """The process's engine, made from DATABASE_URL when first asked for."""
    global _engine
    if _engine is None:
        _engine = connect(settings().database_url)
    return _engine


def use(other: Engine | None) -> None:
    """Take this engine from now on; None forgets the present one."""
    global _engine
    _engine = other


def is_infrastructure(error: BaseException) -> bool:
    """Whether the database or the way to it failed, rather than a rule or the code."""
    if isinstance(error, sa_exc.DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(
        error,
        (
            sa_exc.OperationalError,
            sa_exc.InterfaceError,
            sa_exc.InternalError,
            sa_exc.PendingRollbackError,
            sa_exc.ResourceClosedError,
            sa_exc.TimeoutError,
        ),
    )


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: joins the one open in this context, else opens one and commits it at the end.

    Raises:
        TurnAborted: a lock, serialization or connection failure happened inside, even if it was swallowed on the
            way up; everything was rolled back and can be tried again.
    """
    joined = _open.get()
    if joined is not None:
        with _noting_failure(joined):
            yield joined.session
        return
    with _one_writer(), Session(engine(), future=True, expire_on_commit=False) as session:
        opened = _Open(session)
        token = _open.set(opened)
        try:
            try:
                with _noting_failure(opened):
                    session.connection()
                    yield session
                    if opened.failure is None:
                        session.commit()
            finally:
                _open.reset(token)
        except BaseException:
            session.rollback()
            if opened.failure is not None:
                raise TurnAborted(str(type(opened.failure).__name__)) from opened.failure
            raise
        if opened.failure is not None:
            session.rollback()
            raise TurnAborted(str(type(opened.failure).__name__)) from opened.failure


@contextmanager
def _one_writer() -> Iterator[None]:
    """Wait until no other thread of this process writes; after the time SQLite would wait, let SQLite say so."""
    if engine().dialect.name != "sqlite":
        yield
        return
    mine = _sqlite_writer.acquire(timeout=_SQLITE_BUSY_SECONDS)
    try:
        yield
    finally:
        if mine:
            _sqlite_writer.release()


@contextmanager
def savepoint() -> Iterator[Session]:
    """A part of the open unit of work that can fail alone: on an exception only its own writes are undone."""
    with unit_of_work() as session, session.begin_nested():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction that only reads and is rolled back at the end; joins an open unit of work.

    Raises:
        TurnAborted: a lock or connection failure happened inside; it can be tried again.
    """
    joined = _open.get()
    if joined is not None:
        with _noting_failure(joined):
            yield joined.session
        return
    try:
        with Session(engine(), future=True, expire_on_commit=False) as session:
            # Closing undoes the transaction and, unlike a rollback, leaves what was read usable.
            session.connection(execution_options={_READING: True})
            yield session
    except Exception as error:
        if is_infrastructure(error):
            raise TurnAborted(type(error).__name__) from error
        raise


@contextmanager
def _noting_failure(opened: _Open) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        if opened.failure is None and is_infrastructure(error):
            opened.failure = error
        raise
