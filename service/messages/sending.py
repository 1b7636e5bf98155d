"""Sending: an outbox row is taken, marked as being sent, and says afterwards what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, exists, select, update

from service.db import reading, unit_of_work
from service.messages.chats import chat_for
from service.messages.models import Chat, Outgoing, button_tokens, outbox

_EARLIER = outbox.alias()
# An answer that could not be sent yet holds up what comes after it in its chat.
_HELD_UP = exists().where(
    _EARLIER.c.chat_id == outbox.c.chat_id,
    _EARLIER.c.id < outbox.c.id,
    _EARLIER.c.state == "pending",
    _EARLIER.c.kind == "reply",
    _EARLIER.c.due_at > bindparam("now"),
)
# Put together once, since every turn asks them.
_DUE = (
    select(Outgoing)
    .where(outbox.c.state == "pending", outbox.c.due_at <= bindparam("now"), ~_HELD_UP)
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_ANY_DUE = (
    select(outbox.c.id).where(outbox.c.state == "pending", outbox.c.due_at <= bindparam("now")).limit(1)
)


def is_any_due(now: datetime) -> bool:
    """Whether a row is due; asking that keeps no writer waiting, as `take_due` does."""
    with reading() as session:
        return session.execute(_ANY_DUE, {"now": now}).scalar() is not None


def take_due(now: datetime, limit: int, chat: Chat | None = None) -> list[Outgoing]:
    """Mark the oldest due rows as being sent and return them; commit before calling a messenger.

    Args:
        chat: take only what goes to this chat: its own rows, and its person's if that is where they last wrote.
    """
    with unit_of_work() as session:
        query = _DUE
        if chat is not None:
            here = outbox.c.chat_id == chat.id
            last = chat_for(chat.person_id) if chat.person_id is not None else None
            if last is not None and last.id == chat.id:
                here |= outbox.c.chat_id.is_(None) & (outbox.c.person_id == chat.person_id)
            query = query.where(here)
        # In the order they were written, in which a repetition stands where its original stood.
        rows = sorted(
            session.execute(query, {"now": now, "limit": limit}).scalars(),
            key=lambda row: (row.target_id or row.id, row.id),
        )
        for row in rows:
            row.state = "sending"
            row.attempts += 1
        session.flush()
        return rows


def address(row: Outgoing, chat: Chat) -> None:
    """Direct a row that was written to a person to the chat it will be sent to, buttons included."""
    with unit_of_work() as session:
        row.chat_id = chat.id
        session.execute(update(outbox).where(outbox.c.id == row.id).values(chat_id=chat.id))
        session.execute(
            update(button_tokens).where(button_tokens.c.outbox_id == row.id).values(chat_id=chat.id)
        )


def settle(
    row: Outgoing, state: str, now: datetime, *, external_id: str | None = None, error: str | None = None
) -> None:
    """Record what became of a row: sent, blocked, failed, uncertain, withdrawn or expired."""
    with unit_of_work() as session:
        session.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(
                state=state,
                settled_at=now,
                external_id=external_id,
                error=error,
            )
        )


def put_off(row: Outgoing, until: datetime) -> None:
    """Send a row later than it was due: quiet hours, a messenger that asks to wait, a refused connection."""
    with unit_of_work() as session:
        session.execute(update(outbox).where(outbox.c.id == row.id).values(state="pending", due_at=until))


def recover(now: datetime) -> list[Outgoing]:
    """After a crash: rows found being sent are uncertain; a reply that somebody waits for is written once more.

    Returns:
        The new rows, whose text begins with （重发）.
    """
    with unit_of_work() as session:
        stuck = session.execute(select(Outgoing).where(outbox.c.state == "sending").order_by(outbox.c.id))
        return [again for row in list(stuck.scalars()) if (again := mark_uncertain(row, now)) is not None]


def mark_uncertain(row: Outgoing, now: datetime) -> Outgoing | None:
    """Record that nobody knows whether a row arrived; a reply is written once more, marked （重发）.

    Returns:
        The new row; None for a reminder, a notice, an edit, or what is itself a repetition.
    """
    with unit_of_work() as session:
        settle(row, "uncertain", now)
        if row.kind != "reply" or row.operation != "send" or row.target_id is not None:
            return None
        payload = dict(row.payload or {})
        payload["text"] = f"（重发）{payload.get('text', '')}"
        again = Outgoing(
            kind="reply",
            operation="send",
            payload=payload,
            created_at=now,
            # It keeps its place before what was written after it.
            due_at=row.due_at,
            chat_id=row.chat_id,
            person_id=row.person_id,
            inbox_id=row.inbox_id,
            target_id=row.id,
        )
        session.add(again)
        session.flush()
        session.execute(
            update(button_tokens).where(button_tokens.c.outbox_id == row.id).values(outbox_id=again.id)
        )
        return again
