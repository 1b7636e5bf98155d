"""What a chat shows on a page: both sides' messages, the buttons that can be pressed, what was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, true
from sqlalchemy.orm import Session

from service.db import reading
from service.messages import chats
from service.messages.models import Chat, Incoming, Outgoing, button_tokens, inbox, outbox
from service.people.models import Person

LATEST = 100
FURTHEST = 2000

_UNSETTLED = ("waiting", "apologised")

Mark = tuple[Any, ...]


@dataclass(frozen=True)
class Choice:
    """A button that can be pressed now."""

    token: str
    title: str


@dataclass(frozen=True)
class Buttons:
    """What stands under a message: what can be pressed now, or the words of what was chosen."""

    live: tuple[Choice, ...] = ()
    chosen: str | None = None


@dataclass(frozen=True)
class Entry:
    """One message of a chat.

    `key` names it for good: "in-" or "out-" and the row's id. `own` is what the person sent; `at` is when it
    arrived, or when the assistant's message was sent. `waiting` says that it has not been handled yet. `file`
    is a name under ASSISTANT_HOME/files.
    """

    key: str
    own: bool
    kind: str
    text: str
    at: datetime
    source_id: str | None = None
    waiting: bool = False
    file: str | None = None
    buttons: Buttons = Buttons()

    @property
    def order(self) -> tuple[datetime, bool, int]:
        """Where it stands in the chat: by time, a question before its answer, then by number."""
        return self.at, not self.own, int(self.key.partition("-")[2])


@dataclass(frozen=True)
class View:
    """A chat at one moment; `mark` differs from an earlier one's as soon as anything shown may differ.

    `waiting` says that something of the person's has not been handled yet, `left` that they ended the chat.
    """

    mark: Mark
    entries: tuple[Entry, ...] = ()
    person: str | None = None
    waiting: bool = False
    left: bool = False


def look(address: str, now: datetime, mark: Mark | None = None, since: datetime | None = None) -> View | None:
    """The latest messages of a page's chat, oldest first, if anything changed since that mark.

    A row's place in time says little about when it became visible: a reminder is written days before it is
    sent, and a transaction may commit late. So the mark counts rows instead of remembering the last one, and
    all of the latest messages are given again; whoever shows them replaces what it has by `key`.

    Args:
        since: go back at least to this moment, up to 2,000 messages, instead of the latest 100 only.

    Returns:
        None when nothing changed.
    """
    chat = chats.find_chat("page", address)
    if chat is None:
        return None if mark == (0,) else View(mark=(0,))
    with reading() as session:
        counts = session.execute(_counts(chat.id)).one()
        current = (chat.id, chat.person_id, chat.blocked_at, *counts)
        if current == mark:
            return None
        person = session.get(Person, chat.person_id) if chat.person_id else None
        return View(
            mark=current,
            entries=tuple(_latest(session, chat, now, since)),
            person=person.name if person else None,
            waiting=counts.waiting > 0,
            left=chat.blocked_at is not None,
        )


def earlier(address: str, before: datetime, now: datetime) -> list[Entry]:
    """Up to a hundred messages up to that moment, oldest first."""
    chat = chats.find_chat("page", address)
    if chat is None:
        return []
    with reading() as session:
        return _entries(session, chat, now, LATEST, before)[-LATEST:]


def file_of(address: str, key: str) -> str | None:
    """The name of the file that a message of this chat carries; None when there is none."""
    side, _, number = key.partition("-")
    chat = chats.find_chat("page", address)
    if (
        chat is None
        or side not in ("in", "out")
        or not (number.isascii() and number.isdigit() and len(number) < 19)
    ):
        return None
    with reading() as session:
        row: Incoming | Outgoing | None = session.get(Incoming if side == "in" else Outgoing, int(number))
        if row is None or row.chat_id != chat.id:
            return None
        return (row.payload or {}).get("file" if side == "in" else "photo")


def has_received(chat: Chat, source_id: str) -> bool:
    """Whether the message that the page calls by this id is in the inbox."""
    with reading() as session:
        query = select(inbox.c.id).where(inbox.c.chat_id == chat.id, inbox.c.source_id == source_id)
        return session.execute(query).scalar() is not None


def buttons_beside(chat: Chat, token: str, now: datetime) -> Buttons:
    """The buttons of the message that has this one; nothing when this chat has no such button."""
    with reading() as session:
        query = select(button_tokens.c.outbox_id).where(button_tokens.c.token == token)
        row = session.get(Outgoing, session.execute(query).scalar() or 0)
        if row is None or row.chat_id != chat.id:
            return Buttons()
        return _buttons(session, chat, [row], now)[row.id]


def _counts(chat_id: int) -> Any:
    """Numbers of which at least one moves whenever something is added to the chat or changes in it."""
    open_states = [func.count(case((inbox.c.state == state, 1))).label(state) for state in _UNSETTLED]
    incoming = (
        select(func.count().label("received"), *open_states).where(inbox.c.chat_id == chat_id).subquery()
    )
    sent = (
        select(func.count().label("sent"))
        .where(outbox.c.chat_id == chat_id, outbox.c.state == "sent")
        .subquery()
    )
    counts = func.count().label("buttons"), func.count(button_tokens.c.used_at).label("used")
    tokens = select(*counts).where(button_tokens.c.chat_id == chat_id).subquery()
    return select(incoming, sent, tokens).select_from(incoming.join(sent, true()).join(tokens, true()))


def _latest(session: Session, chat: Chat, now: datetime, since: datetime | None) -> list[Entry]:
    latest = _entries(session, chat, now, LATEST)[-LATEST:]
    if since is None or not latest or latest[0].at <= since:
        return latest
    return [entry for entry in _entries(session, chat, now, FURTHEST) if entry.at >= since]


def _entries(
    session: Session, chat: Chat, now: datetime, limit: int, before: datetime | None = None
) -> list[Entry]:
    """The latest messages up to a moment, at most `limit` of each side, oldest first."""
    own = select(Incoming).where(inbox.c.chat_id == chat.id, inbox.c.kind.in_(("words", "photo", "voice")))
    sent = select(Outgoing).where(
        outbox.c.chat_id == chat.id, outbox.c.state == "sent", outbox.c.operation == "send"
    )
    # What it said is forgotten after its time.
    own, sent = own.where(inbox.c.payload.is_not(None)), sent.where(outbox.c.payload.is_not(None))
    if before is not None:
        own, sent = own.where(inbox.c.received_at <= before), sent.where(outbox.c.settled_at <= before)
    own = own.order_by(inbox.c.received_at.desc(), inbox.c.id.desc()).limit(limit)
    sent = sent.order_by(outbox.c.settled_at.desc(), outbox.c.id.desc()).limit(limit)
    said = list(session.execute(sent).scalars())
    edits, buttons = _edits(session, chat, said), _buttons(session, chat, said, now)
    entries = [_own_entry(row) for row in session.execute(own).scalars()]
    entries += [_assistants_entry(row, edits.get(row.id), buttons[row.id]) for row in said]
    return sorted(entries, key=lambda entry: entry.order)


def _own_entry(row: Incoming) -> Entry:
    payload = row.payload or {}
    return Entry(
        key=f"in-{row.id}",
        own=True,
        kind=row.kind,
        text=payload.get("text") or payload.get("caption") or "",
        at=row.received_at,
        source_id=row.source_id,
        waiting=row.state == "waiting",
        file=payload.get("file"),
    )


def _assistants_entry(row: Outgoing, edited: str | None, buttons: Buttons) -> Entry:
    payload = row.payload or {}
    return Entry(
        key=f"out-{row.id}",
        own=False,
        kind=row.kind,
        text=(payload.get("text") or "") if edited is None else edited,
        at=row.settled_at or row.created_at,
        file=payload.get("photo"),
        buttons=buttons if edited is None else Buttons(chosen=buttons.chosen),
    )


def _edits(session: Session, chat: Chat, rows: list[Outgoing]) -> dict[int, str]:
    """What the text of each edited message is now."""
    query = (
        select(Outgoing)
        .where(outbox.c.chat_id == chat.id, outbox.c.operation == "edit", outbox.c.state == "sent")
        .where(outbox.c.target_id.in_([row.id for row in rows]))
        .order_by(outbox.c.id)
    )
    return {edit.target_id: (edit.payload or {}).get("text", "") for edit in session.execute(query).scalars()}


def _buttons(session: Session, chat: Chat, rows: list[Outgoing], now: datetime) -> dict[int, Buttons]:
    query = select(button_tokens).where(button_tokens.c.outbox_id.in_([row.id for row in rows]))
    tokens = session.execute(query.order_by(button_tokens.c.place)).all()
    pressed = _pressed(session, chat, min(row.created_at for row in rows)) if tokens else []
    by_message: dict[int, dict[str, Any]] = {row.id: {} for row in rows}
    for token in tokens:
        by_message[token.outbox_id][token.token] = token
    found: dict[int, Buttons] = {}
    for row in rows:
        own = by_message[row.id]
        used = any(token.used_at for token in own.values())
        # A press that failed for good leaves its button unused, and the person must be able to press again.
        chosen = [own[token].title for token, failed in pressed if token in own and (used or not failed)]
        live = [
            Choice(token.token, token.title)
            for token in own.values()
            if token.expires_at > now and token.person_id in (None, chat.person_id)
        ]
        found[row.id] = Buttons(() if used or chosen else tuple(live), chosen[0] if chosen else None)
    return found


def _pressed(session: Session, chat: Chat, since: datetime) -> list[tuple[str, bool]]:
    """The tokens pressed since then, first ones first, and whether handling the press failed for good."""
    query = (
        select(Incoming)
        .where(inbox.c.chat_id == chat.id, inbox.c.kind == "press", inbox.c.received_at >= since)
        .order_by(inbox.c.id)
    )
    presses = session.execute(query).scalars()
    return [((press.payload or {}).get("token", ""), press.state == "apologised") for press in presses]
