"""The inbox: what arrived is stored before it is understood, once, and taken in order a chat."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.sql import Select

from service.db import reading, unit_of_work
from service.messages.holders import is_gone
from service.messages.models import Chat, Incoming, chats, inbox

ATTEMPTS = 3
CLAIM = timedelta(seconds=30)

# Every turn asks these; put together once, they cost a third less.
_HEARD = update(chats).where(chats.c.id == bindparam("row_id"))
_LOCKED = (
    select(Chat)
    .join(inbox, inbox.c.chat_id == chats.c.id)
    .where(
        chats.c.claimed_by == bindparam("holder"),
        inbox.c.id == bindparam("row_id"),
        inbox.c.state == "waiting",
        inbox.c.attempts == bindparam("attempts"),
    )
    .with_for_update(of=(chats, inbox), key_share=True)
    .execution_options(populate_existing=True)
)
_KNOWN = select(Incoming).where(
    inbox.c.chat_id == bindparam("chat_id"), inbox.c.source_id == bindparam("source_id")
)
_SETTLE = update(inbox).where(inbox.c.id == bindparam("row_id"))
_CLAIM = update(chats).where(chats.c.id == bindparam("row_id"))
_RELEASE = update(chats).where(chats.c.id == bindparam("row_id")).values(claimed_by=None, claimed_until=None)
_ANY_WAITING = select(inbox.c.id).where(inbox.c.state == "waiting").limit(1)


def receive(chat: Chat, source_id: str, kind: str, payload: dict[str, Any], now: datetime) -> Incoming:
    """Store a message that arrived; one that is already there is returned as it is.

    Args:
        source_id: the messenger's own number for it, unique within the chat.
        kind: words {"text"}, press {"token"} or {"words"}, photo or voice {"file", "caption"}, location
            {"latitude", "longitude"}, contact {"phone", "own"}, video or document {"file", "caption"}, command
            {"means", "text"} for a key of the messenger that stands for a payload. An album is its first photo
            with {"more": [{"kind", "file"}]}.
    """
    source_id = source_id[:64]
    with unit_of_work() as session:
        # Of two deliveries at once the second waits here, and then finds what the first has stored.
        session.execute(_HEARD, {"row_id": chat.id, "last_heard_at": now, "blocked_at": None})
        row = session.execute(_KNOWN, {"chat_id": chat.id, "source_id": source_id}).scalars().first()
        if row is None:
            row = Incoming(chat_id=chat.id, source_id=source_id, kind=kind, payload=payload, received_at=now)
            session.add(row)
            session.flush()
        return row


def claim(
    holder: str, now: datetime, chat_id: int | None = None, channels: tuple[str, ...] = ()
) -> Incoming | None:
    """Take the oldest waiting chat for this worker and count an attempt at its oldest message.

    The claim keeps the chat from other workers until the turn has ended, or the claim has run out after a crash.

    Args:
        holder: this worker's name, from `holders.this_holder`.
        chat_id: handle only this chat.
        channels: handle only chats of these channels; empty means all.

    Returns:
        The message, with its attempt already counted in the database; None when nobody is waiting.
    """
    with unit_of_work() as session:
        asked = {"holder": holder, "now": now}
        row = session.execute(_oldest(chat_id, channels), asked).scalars().first()
        if row is None:
            return None
        row.attempts += 1
        session.execute(_CLAIM, {"row_id": row.chat_id, "claimed_by": holder, "claimed_until": now + CLAIM})
        session.flush()
        return row


def is_anybody_waiting() -> bool:
    """Whether a message waits for its turn; asking that keeps no writer waiting, as `claim` does."""
    with reading() as session:
        return session.execute(_ANY_WAITING).scalar() is not None


@lru_cache(maxsize=64)
def _oldest(chat_id: int | None, channels: tuple[str, ...]) -> Select:
    """The oldest message of the chats that nobody else has claimed, both locked."""
    oldest = (
        select(Incoming)
        .join(chats, inbox.c.chat_id == chats.c.id)
        .where(
            inbox.c.state == "waiting",
            or_(
                chats.c.claimed_until.is_(None),
                chats.c.claimed_until <= bindparam("now"),
                chats.c.claimed_by == bindparam("holder"),
            ),
        )
        .order_by(inbox.c.id)
        .limit(1)
        .with_for_update(of=(chats, inbox), skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    if chat_id is not None:
        oldest = oldest.where(chats.c.id == chat_id)
    return oldest.where(chats.c.channel.in_(channels)) if channels else oldest


def lock(row: Incoming, holder: str) -> Chat | None:
    """Lock the message's chat for the length of the turn.

    Returns:
        The chat; None when the claim was lost: another worker has it, or has handled the message.
    """
    with unit_of_work() as session:
        # Waits: a message of the chat that is just being stored holds the row for a moment, and giving up
        # would cost this one an attempt. The weaker lock lets rows that refer to the chat be written meanwhile.
        asked = {"holder": holder, "row_id": row.id, "attempts": row.attempts}
        return session.execute(_LOCKED, asked).scalars().first()


def settle(row: Incoming, now: datetime, failure_id: str | None = None) -> None:
    """Mark the message handled, or apologised for under an id, and let the chat go."""
    with unit_of_work() as session:
        state = "handled" if failure_id is None else "apologised"
        session.execute(
            _SETTLE, {"row_id": row.id, "state": state, "handled_at": now, "failure_id": failure_id}
        )
        release(row.chat_id)


def release(chat_id: int) -> None:
    """Let another worker take the chat at once."""
    with unit_of_work() as session:
        session.execute(_RELEASE, {"row_id": chat_id})


def release_claims_of_the_gone() -> None:
    """Free the chats that workers of this machine held when they died."""
    with unit_of_work() as session:
        holders = session.execute(
            select(chats.c.claimed_by).where(chats.c.claimed_by.is_not(None)).distinct()
        )
        for holder in [name for name in holders.scalars() if is_gone(name)]:
            session.execute(
                update(chats).where(chats.c.claimed_by == holder).values(claimed_by=None, claimed_until=None)
            )


def waiting_count() -> int:
    """How many messages wait for their turn."""
    with reading() as session:
        query = select(func.count()).select_from(inbox).where(inbox.c.state == "waiting")
        return int(session.execute(query).scalar_one())


def correct(chat: Chat, source_id: str, text: str) -> bool:
    """Put new words in place of those of a message that nobody has begun to handle.

    Returns:
        False when it is too late, or there is no such message.
    """
    with unit_of_work() as session:
        # A worker claims a message under the same lock, so it sees the old words or the new, never both.
        session.execute(select(chats.c.id).where(chats.c.id == chat.id).with_for_update())
        waiting = (
            select(Incoming)
            .where(inbox.c.chat_id == chat.id, inbox.c.source_id == source_id)
            .where(inbox.c.state == "waiting", inbox.c.attempts == 0)
        )
        row = session.execute(waiting).scalars().first()
        if row is None:
            return False
        name = "text" if row.kind == "words" else "caption"
        row.payload = {**(row.payload or {}), name: text}
        session.flush()
        return True
