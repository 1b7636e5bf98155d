"""Updates from Telegram as they came: stored once by their number, then read in order within each chat."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from service.db import reading, unit_of_work
from service.messages.models import TelegramUpdate, telegram_updates

# Telegram itself repeats an update for a day at most; one that could not be read is kept for whoever looks into it.
_READ_KEPT = timedelta(days=3)
_FAILED_KEPT = timedelta(days=30)

_t = telegram_updates.c


@dataclass(frozen=True)
class Raw:
    """An update before it is read: its number, the chat within which order matters, and all it holds."""

    update_id: int
    lane: str
    payload: dict[str, Any]


def store(bot_id: int, raws: Sequence[Raw], now: datetime) -> int:
    """Store updates; one that is there already is left as it is.

    Returns:
        How many were new. All of them are in the database when this returns.
    """
    fresh = {raw.update_id: raw for raw in raws}
    with unit_of_work() as session:
        known = select(_t.update_id).where(_t.bot_id == bot_id, _t.update_id.in_(list(fresh)))
        for number in session.execute(known).scalars():
            del fresh[number]
        rows = [
            {"bot_id": bot_id, "update_id": raw.update_id, "lane": raw.lane, "payload": raw.payload,
             "received_at": now, "state": "waiting", "attempts": 0}
            for raw in fresh.values()
        ]  # fmt: skip
        if rows:
            session.execute(insert(telegram_updates), rows)
        return len(rows)


def waiting(bot_id: int, busy: Collection[str], limit: int) -> list[TelegramUpdate]:
    """What is to be read, the oldest first, without the chats that are in hand."""
    with reading() as session:
        query = (
            select(TelegramUpdate)
            .where(_t.bot_id == bot_id, _t.state == "waiting", _t.lane.not_in(list(busy)))
            .order_by(_t.update_id)
            .limit(limit)
        )
        return list(session.execute(query).scalars())


def waiting_in(bot_id: int, lane: str, limit: int) -> list[TelegramUpdate]:
    """What is to be read of one chat, in the order in which Telegram numbered it."""
    with reading() as session:
        query = (
            select(TelegramUpdate)
            .where(_t.bot_id == bot_id, _t.lane == lane, _t.state == "waiting")
            .order_by(_t.update_id)
            .limit(limit)
        )
        return list(session.execute(query).scalars())


def settle(rows: Sequence[TelegramUpdate]) -> bool:
    """Mark updates as read and forget what they said; to be called in the transaction of what came of them.

    Returns:
        False when another process has read one of them meanwhile.
    """
    with unit_of_work() as session:
        settled = session.execute(
            update(telegram_updates)
            .where(_t.id.in_([row.id for row in rows]), _t.state == "waiting")
            .values(state="read", payload=None)
            .execution_options(synchronize_session=False)
        )
        return settled.rowcount == len(rows)


def count_attempt(rows: Sequence[TelegramUpdate]) -> None:
    """Record that reading them failed."""
    with unit_of_work() as session:
        session.execute(
            update(telegram_updates)
            .where(_t.id.in_([row.id for row in rows]))
            .values(attempts=_t.attempts + 1)
        )


def give_up(rows: Sequence[TelegramUpdate], error: str) -> None:
    """Mark updates as impossible to read; what they hold is kept for a month, encrypted."""
    with unit_of_work() as session:
        session.execute(
            update(telegram_updates)
            .where(_t.id.in_([row.id for row in rows]))
            .values(state="failed", error=error[:64])
        )


def purge(now: datetime) -> None:
    """Remove what was read days ago, and what failed a month ago."""
    with unit_of_work() as session:
        for state, kept in (("read", _READ_KEPT), ("failed", _FAILED_KEPT)):
            session.execute(delete(telegram_updates).where(_t.state == state, _t.received_at < now - kept))
