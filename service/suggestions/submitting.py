"""Handing a suggestion in, and taking it back while nobody has acted on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.attachments import attach
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.messages.models import Chat
from service.people.models import Person
from service.suggestions.alike import keep_grams
from service.suggestions.campaigns import get_campaign, is_running
from service.suggestions.hops import AUTHOR, add_hop
from service.suggestions.models import Hop, Suggestion, suggestions
from service.suggestions.news import announce
from service.suggestions.records import Record, circle_of, lock
from service.suggestions.refusals import SuggestionUnderWay
from service.suggestions.states import RECEIVED, WITHDRAWN

_JUST_NOW = timedelta(minutes=30)


def submit(
    person: Person,
    chat: Chat,
    words: str,
    media: Sequence[Mapping[str, Any]],
    now: datetime,
    *,
    unnamed: bool = False,
    campaign_id: int | None = None,
) -> Matter:
    """Hand in a suggestion.

    Args:
        media: what came with it; see `service.matters.attachments.attach`.
        unnamed: others are not to read who it is from; staff do.
        campaign_id: the campaign it is meant for; one that is over by now is left out.

    Raises:
        ValueError: it says nothing.
    """
    if not words.strip():
        raise ValueError("a suggestion needs words")
    if campaign_id is not None and not is_running(get_campaign(campaign_id), now):
        campaign_id = None
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
        suggestion = Suggestion(
            matter_id=matter.id,
            person_id=person.id,
            words=words.strip(),
            state=RECEIVED,
            submitted_at=now,
            unnamed=unnamed,
            campaign_id=campaign_id,
        )
        session.add(suggestion)
        session.flush()
        session.add(Hop(suggestion.id, RECEIVED, happened_at=now, who=AUTHOR))
        keep_grams(suggestion.id, suggestion.words)
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
        matter = _theirs(person, receipt_no).matter
        attach(matter, media, now)
        return matter


def withdraw(person: Person, receipt_no: str, now: datetime) -> Matter:
    """Take a suggestion back; who seconds it is told. Twice is as good as once.

    Raises:
        NotFound: the person has no suggestion of that number.
        SuggestionUnderWay: it was passed on already, or others were merged into it.
    """
    with unit_of_work():
        record = _theirs(person, receipt_no)
        if record.suggestion.state == WITHDRAWN:
            return record.matter
        if record.suggestion.state != RECEIVED or circle_of(record.suggestion).merged:
            raise SuggestionUnderWay(receipt_no=record.receipt_no)
        announce(add_hop(record, WITHDRAWN, now), record, now)
        return record.matter


def hide(receipt_no: str, hidden: bool) -> None:
    """Keep a suggestion out of what others read, or let it be read again; its author follows it as before.

    Raises:
        NotFound: there is none of that number.
    """
    with unit_of_work() as session:
        lock(receipt_no).suggestion.hidden = hidden
        session.flush()


def _theirs(person: Person, receipt_no: str) -> Record:
    record = lock(receipt_no)
    if record.suggestion.person_id != person.id:
        raise NotFound()
    return record
