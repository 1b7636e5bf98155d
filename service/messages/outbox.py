"""The outbox: every operation on a messenger is a row before it happens, and says afterwards what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select, update

from service.db import reading, unit_of_work
from service.messages import buttons
from service.messages.chats import chat_for
from service.messages.models import ButtonToken, Chat, Incoming, Outgoing, button_tokens, outbox
from service.wording import Utterance

OPEN = ("pending", "sending")

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
_BUTTONS_UNDER = (
    select(ButtonToken)
    .where(button_tokens.c.outbox_id.in_(bindparam("outbox_ids", expanding=True)))
    .order_by(button_tokens.c.place)
)
# A messenger forgets a press after a few minutes at most.
_PRESS_WAITS = timedelta(minutes=2)


def reply(
    chat_id: int,
    utterance: Utterance,
    now: datetime,
    *,
    person_id: int | None = None,
    answers: Incoming | None = None,
    photo: str | None = None,
) -> Outgoing:
    """Write the answer to a message that is being handled.

    Args:
        photo: a file name under ASSISTANT_HOME/files.
    """
    row = Outgoing(
        kind="reply",
        operation="send",
        payload={"text": utterance.text, "photo": photo},
        created_at=now,
        due_at=now,
        chat_id=chat_id,
        person_id=person_id,
        inbox_id=answers.id if answers else None,
    )
    return _add(row, utterance, now)


def tell(
    person_id: int,
    kind: str,
    utterance: Utterance,
    now: datetime,
    *,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    dedupe_key: str | None = None,
    about: dict[str, Any] | None = None,
) -> Outgoing | None:
    """Write something unasked to a person; the chat is chosen when it is sent.

    Args:
        kind: reminder, notice or alert; what must be rechecked before sending is registered per kind.
        due_at: when to send, now by default; expires_at: when it is too late to send.
        dedupe_key: written once under this key; a second call changes nothing.
        about: what the recheck needs to know, as JSON.

    Returns:
        The row, or None when the key was there already.
    """
    with unit_of_work() as session:
        if dedupe_key is not None:
            known = select(outbox.c.id).where(outbox.c.dedupe_key == dedupe_key)
            if session.execute(known).scalar() is not None:
                return None
        row = Outgoing(
            kind=kind,
            operation="send",
            payload={"text": utterance.text, "photo": None, "about": about or {}},
            created_at=now,
            due_at=due_at or now,
            expires_at=expires_at,
            person_id=person_id,
            dedupe_key=dedupe_key,
        )
        return _add(row, utterance, now)


def edit(target: Outgoing, text: str, now: datetime) -> Outgoing:
    """Change a message that was sent, taking its buttons away."""
    row = Outgoing(
        kind="reply",
        operation="edit",
        payload={"text": text},
        created_at=now,
        due_at=now,
        chat_id=target.chat_id,
        person_id=target.person_id,
        target_id=target.id,
    )
    return _add(row, Utterance(text), now)


def _add(row: Outgoing, utterance: Utterance, now: datetime) -> Outgoing:
    with unit_of_work() as session:
        session.add(row)
        session.flush()
        if utterance.buttons:
            buttons.issue(row, utterance.buttons, now)
        return row


def get(outbox_id: int) -> Outgoing:
    """The row of that id."""
    with reading() as session:
        return session.execute(select(Outgoing).where(outbox.c.id == outbox_id)).scalars().one()


def buttons_of(row: Outgoing) -> list[ButtonToken]:
    """The buttons under a message, in the order they are shown."""
    return buttons_under([row])[row.id]


def buttons_under(rows: list[Outgoing]) -> dict[int, list[ButtonToken]]:
    """The buttons under each of these messages, by its id, in the order they are shown."""
    shown: dict[int, list[ButtonToken]] = {row.id: [] for row in rows}
    if rows:
        with reading() as session:
            for button in session.execute(_BUTTONS_UNDER, {"outbox_ids": list(shown)}).scalars():
                shown[button.outbox_id].append(button)
    return shown


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


def in_chat(chat_id: int, after: int = 0, limit: int = 200) -> list[Outgoing]:
    """What was sent to a chat after the row of that id, oldest first."""
    with reading() as session:
        query = (
            select(Outgoing)
            .where(outbox.c.chat_id == chat_id, outbox.c.id > after, outbox.c.state == "sent")
            .order_by(outbox.c.id)
            .limit(limit)
        )
        return list(session.execute(query).scalars())


def write_to_chat(chat_id: int, kind: str, utterance: Utterance, now: datetime) -> Outgoing:
    """Write something unasked to one chat: an alert to staff, an answer to a stranger."""
    row = Outgoing(
        kind=kind,
        operation="send",
        payload={"text": utterance.text, "photo": None},
        created_at=now,
        due_at=now,
        chat_id=chat_id,
    )
    return _add(row, utterance, now)


def answer_press(chat: Chat, callback_id: str, now: datetime, text: str = "") -> Outgoing:
    """Tell a messenger that a press on a button has arrived, which ends the waiting shown on the button.

    Args:
        callback_id: the messenger's own name for the press.
        text: what to show in a window of its own; nothing by default.
    """
    row = Outgoing(
        kind="reply",
        operation="answer",
        payload={"callback_id": callback_id, "text": text},
        created_at=now,
        due_at=now,
        expires_at=now + _PRESS_WAITS,
        chat_id=chat.id,
    )
    return _add(row, Utterance(""), now)


def sent_as(chat: Chat, external_id: str) -> Outgoing | None:
    """The message of this chat that its messenger knows by that number."""
    with reading() as session:
        query = (
            select(Outgoing)
            .where(outbox.c.chat_id == chat.id, outbox.c.external_id == external_id)
            .order_by(outbox.c.id.desc())
        )
        return session.execute(query).scalars().first()
