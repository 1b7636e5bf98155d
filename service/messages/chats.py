"""Chats: found or opened when somebody writes, and chosen when somebody is written to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from service.db import reading, savepoint, unit_of_work
from service.messages.models import Binding, Chat, bindings, chats
from service.people.models import Person, people

# Put together once, since every message asks it.
_AT = select(Chat).where(chats.c.channel == bindparam("channel"), chats.c.address == bindparam("address"))


def open_chat(channel: str, address: str, now: datetime) -> Chat:
    """The chat of that address, made when it is new.

    Args:
        channel: telegram, page, terminal or rasa.
        address: the messenger's own name for the chat, at most 64 characters.
    """
    with unit_of_work() as session:
        if (chat := find_chat(channel, address)) is not None:
            return chat
        try:
            with savepoint():
                chat = Chat(channel=channel, address=address, opened_at=now)
                session.add(chat)
                session.flush()
                return chat
        except IntegrityError:
            # Two first messages came at once, and the other's chat was made a moment earlier.
            return session.execute(_AT, {"channel": channel, "address": address}).scalars().one()


def find_chat(channel: str, address: str) -> Chat | None:
    """The chat of that address, if anybody ever wrote from it."""
    with reading() as session:
        return session.execute(_AT, {"channel": channel, "address": address}).scalars().first()


def chat_of_sender(sender_id: str, now: datetime, chat_id: int | None = None) -> Chat:
    """The chat that Rasa calls by this sender id: "channel:address", or a name of Rasa's own shell and server.

    Args:
        chat_id: what its id is thought to be, which spares a search when it is.
    """
    if chat_id is not None:
        with reading() as session:
            thought = session.get(Chat, chat_id)
            if thought is not None and thought.sender_id == sender_id:
                return thought
    channel, _, address = sender_id.partition(":")
    return open_chat(channel, address, now) if address else open_chat("rasa", sender_id[:64], now)


def get_chat(chat_id: int) -> Chat:
    """The chat of that id."""
    with reading() as session:
        chat = session.get(Chat, chat_id)
        if chat is None:
            raise LookupError(f"there is no chat {chat_id}")
        return chat


def person_of(chat: Chat) -> Person | None:
    """The person that the chat speaks for now; None for a stranger."""
    if chat.person_id is None:
        return None
    with reading() as session:
        return session.get(Person, chat.person_id)


def people_of(chat: Chat) -> list[Person]:
    """Everybody that the chat may speak for, in the order they were bound."""
    with reading() as session:
        query = (
            select(Person)
            .join(bindings, bindings.c.person_id == people.c.id)
            .where(bindings.c.chat_id == chat.id, bindings.c.unbound_at.is_(None))
            .order_by(bindings.c.id)
        )
        return list(session.execute(query).scalars())


def chat_for(person_id: int) -> Chat | None:
    """Where to write to a person: the chat where they last wrote, among those bound and not blocked."""
    with reading() as session:
        query = (
            select(Chat)
            .join(bindings, bindings.c.chat_id == chats.c.id)
            .where(
                bindings.c.person_id == person_id,
                bindings.c.unbound_at.is_(None),
                chats.c.blocked_at.is_(None),
                chats.c.channel != "rasa",
            )
            .order_by(chats.c.last_heard_at.desc().nullslast(), chats.c.id.desc())
        )
        return session.execute(query).scalars().first()


def bind(chat: Chat, person: Person, proof: str, now: datetime) -> Binding:
    """Let the chat speak for the person from now on; bound already, it only becomes the one spoken for.

    Args:
        proof: phone, code, demo or staff.
    """
    with unit_of_work() as session:
        chat = session.merge(chat)
        chat.person_id = person.id
        live = select(Binding).where(
            bindings.c.chat_id == chat.id, bindings.c.person_id == person.id, bindings.c.unbound_at.is_(None)
        )
        binding = session.execute(live).scalars().first()
        if binding is None:
            binding = Binding(chat_id=chat.id, person_id=person.id, bound_at=now, proof=proof)
            session.add(binding)
        session.flush()
        return binding


def speak_for(chat: Chat, person_id: int) -> None:
    """Choose whom a chat of several people speaks for.

    Raises:
        ValueError: the chat is not bound to that person.
    """
    with unit_of_work() as session:
        if person_id not in {person.id for person in people_of(chat)}:
            raise ValueError("the chat is not bound to that person")
        session.merge(chat).person_id = person_id
        session.flush()


def block(chat: Chat, now: datetime) -> None:
    """Note that nothing reaches the chat until its people write again."""
    with unit_of_work() as session:
        session.merge(chat).blocked_at = now
        session.flush()


def unblock(chat: Chat) -> None:
    """Note that the chat can be written to again."""
    with unit_of_work() as session:
        session.execute(update(chats).where(chats.c.id == chat.id).values(blocked_at=None))


def move(chat: Chat, address: str) -> Chat:
    """Give the chat the new address that its messenger says it has.

    Returns:
        The chat of that address, which is another one if somebody was quicker.
    """
    with unit_of_work() as session:
        known = find_chat(chat.channel, address)
        if known is not None:
            return known
        moved = session.merge(chat)
        moved.address = address
        session.flush()
        return moved
