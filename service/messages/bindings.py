"""Linking a chat to a person: by the phone the messenger vouches for, or by name and a one-time code."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select

from service.db import reading, unit_of_work
from service.errors import Refusal
from service.messages import chats
from service.messages.models import BindingAttempt, BindingCode, Chat, binding_attempts, binding_codes
from service.people import queries
from service.people.models import Person, people
from service.settings import data_key

CODE_LIFETIME = timedelta(days=14)
WRONG_ALLOWED = 5
LOCKED_FOR = timedelta(hours=1)


class BindingLocked(Refusal):
    """Five wrong attempts from this chat within the hour."""

    code = "binding_locked"


class BindingUnknown(Refusal):
    """Name, phone and code do not fit together; nothing tells which of them."""

    code = "binding_unknown"


def issue_code(person: Person, now: datetime) -> str:
    """Make a one-time code of six digits for a person; earlier ones no longer count.

    Returns:
        The code, to be told to the person; only its hash is kept.
    """
    code = f"{secrets.randbelow(1_000_000):06d}"
    with unit_of_work() as session:
        session.execute(
            binding_codes.update()
            .where(binding_codes.c.person_id == person.id, binding_codes.c.used_at.is_(None))
            .values(expires_at=now)
        )
        session.add(
            BindingCode(
                person_id=person.id, code_hash=_hash(code), issued_at=now, expires_at=now + CODE_LIFETIME
            )
        )
        session.flush()
    return code


def bind_by_contact(chat: Chat, phone: str, now: datetime) -> list[Person]:
    """Link the chat to everybody with a phone number that the messenger says is the writer's own.

    Returns:
        The people; of several the chat speaks for none until one of them says who it is.

    Raises:
        BindingUnknown: nobody on the roster has that number.
    """
    found = queries.by_phone(phone)
    if not found:
        raise BindingUnknown()
    with unit_of_work() as session:
        for person in found:
            chats.bind(chat, person, "phone", now)
        if len(found) > 1:
            session.merge(chat).person_id = None
            session.flush()
    return found


def bind_by_code(chat: Chat, name_or_phone: str, code: str, now: datetime) -> Person:
    """Link the chat to the person of that name or phone who was given that code.

    A wrong attempt must be recorded by `count_wrong` after this has raised and its writes were undone.

    Raises:
        BindingLocked: too many wrong attempts lately.
        BindingUnknown: it does not fit.
    """
    if is_locked(chat, now):
        raise BindingLocked()
    with unit_of_work() as session:
        candidates = queries.by_name(name_or_phone) + queries.by_phone(name_or_phone)
        query = select(BindingCode).where(
            binding_codes.c.person_id.in_([person.id for person in candidates]),
            binding_codes.c.used_at.is_(None),
            binding_codes.c.expires_at > now,
        )
        fitting = [row for row in session.execute(query).scalars() if _fits(row, code)]
        if not fitting:
            raise BindingUnknown()
        fitting[0].used_at = now
        person = session.execute(select(Person).where(people.c.id == fitting[0].person_id)).scalars().one()
        chats.bind(chat, person, "code", now)
        return person


def count_wrong(chat: Chat, now: datetime) -> int:
    """Record a wrong attempt.

    Returns:
        How many attempts are left before the chat is locked for an hour.
    """
    with unit_of_work() as session:
        session.add(BindingAttempt(chat_id=chat.id, failed_at=now))
        session.flush()
        return max(0, WRONG_ALLOWED - wrong_lately(chat, now))


def is_locked(chat: Chat, now: datetime) -> bool:
    """Whether the chat has to wait before it may try again."""
    return wrong_lately(chat, now) >= WRONG_ALLOWED


def wrong_lately(chat: Chat, now: datetime) -> int:
    """How many wrong attempts the chat made within the hour."""
    with reading() as session:
        query = (
            select(func.count())
            .select_from(binding_attempts)
            .where(binding_attempts.c.chat_id == chat.id, binding_attempts.c.failed_at > now - LOCKED_FOR)
        )
        return int(session.execute(query).scalar_one())


def _hash(code: str) -> str:
    return hmac.new(data_key(), code.strip().encode(), hashlib.sha256).hexdigest()


def _fits(row: BindingCode, code: str) -> bool:
    return hmac.compare_digest(row.code_hash, _hash(code))
