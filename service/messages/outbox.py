"""The outbox: every operation on a messenger is a row before it happens, and is looked up here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from service.db import reading, unit_of_work
from service.messages import buttons
from service.messages.models import ButtonToken, Chat, Incoming, Outgoing, button_tokens, outbox
from service.wording import Utterance

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
