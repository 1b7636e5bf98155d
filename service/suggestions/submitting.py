"""Handing a suggestion in, and taking it back while nobody has acted on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from service.db import reading, unit_of_work
from service.errors import NotFound, Refusal
from service.matters.attachments import attach
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.messages.models import Chat
from service.people.models import Person
from service.suggestions.models import Suggestion, suggestions

RECEIVED, WITHDRAWN = "已收到", "已撤回"
_JUST_NOW = timedelta(minutes=30)


class SuggestionUnderWay(Refusal):
    """The suggestion was passed on already and cannot be taken back."""

    code = "suggestion_under_way"


def submit(
    person: Person, chat: Chat, words: str, media: Sequence[Mapping[str, Any]], now: datetime
) -> Matter:
    """Hand in a suggestion.

    Args:
        media: what came with it; see `service.matters.attachments.attach`.

    Raises:
        ValueError: it says nothing.
    """
    if not words.strip():
        raise ValueError("a suggestion needs words")
    with unit_of_work() as session:
        matter = Matter(
            receipt_no=next_receipt_no("suggestion", now),
            kind="suggestion",
            subject=f"建议：{words.strip()}",
            state=RECEIVED,
            created_at=now,
            changed_at=now,
            person_id=person.id,
            chat_id=chat.id,
        )
        session.add(matter)
        session.flush()
        session.add(
            Suggestion(
                matter_id=matter.id,
                person_id=person.id,
                words=words.strip(),
                state=RECEIVED,
                submitted_at=now,
            )
        )
        session.flush()
        attach(matter, media, now)
        return matter


def just_submitted(person: Person, now: datetime) -> str | None:
    """The receipt number of what the person handed in within the last half hour and nobody has acted on."""
    with reading() as session:
        query = (
            select(matters.c.receipt_no)
            .join(suggestions, suggestions.c.matter_id == matters.c.id)
            .where(
                suggestions.c.person_id == person.id,
                suggestions.c.state == RECEIVED,
                suggestions.c.submitted_at > now - _JUST_NOW,
            )
            .order_by(suggestions.c.id.desc())
        )
        return session.execute(query).scalars().first()


def add_media(person: Person, receipt_no: str, media: Sequence[Mapping[str, Any]], now: datetime) -> Matter:
    """Attach what came after a suggestion was handed in.

    Raises:
        NotFound: the person has no suggestion of that number.
    """
    with unit_of_work():
        _, matter = _theirs(person, receipt_no)
        attach(matter, media, now)
        return matter


def withdraw(person: Person, receipt_no: str, now: datetime) -> Matter:
    """Take a suggestion back.

    Raises:
        NotFound: the person has no suggestion of that number.
        SuggestionUnderWay: it was passed on already.
    """
    with unit_of_work() as session:
        suggestion, matter = _theirs(person, receipt_no)
        if suggestion.state not in (RECEIVED, WITHDRAWN):
            raise SuggestionUnderWay(receipt_no=receipt_no)
        suggestion.state = matter.state = WITHDRAWN
        matter.changed_at = now
        session.flush()
        return matter


def _theirs(person: Person, receipt_no: str) -> tuple[Suggestion, Matter]:
    with reading() as session:
        query = (
            select(Suggestion, Matter)
            .join(matters, matters.c.id == suggestions.c.matter_id)
            .where(matters.c.receipt_no == receipt_no, suggestions.c.person_id == person.id)
            .with_for_update()
        )
        found = session.execute(query).first()
        if found is None:
            raise NotFound()
        return found[0], found[1]
