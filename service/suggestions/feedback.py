"""What the author says to an answer: a rating, once, and once that it is not solved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service import wording
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.models import matters
from service.messages import outbox
from service.people.models import Person
from service.staff.models import staff
from service.suggestions.hops import add_hop, last_hop
from service.suggestions.models import Hop, Suggestion, suggestions
from service.suggestions.records import Record, lock_root
from service.suggestions.refusals import AlreadyRated, AlreadyReopened, NotRateable, ReasonNeeded
from service.suggestions.states import ANSWERED, MOVES, REOPENED, require_move


def rate(person: Person, receipt_no: str, rating: int, now: datetime) -> Record:
    """Say how the answer was liked; the same again changes nothing.

    Args:
        rating: 1 (not at all) to 5 (very much).

    Raises:
        NotFound: the person has no suggestion of that number.
        MergedAlready, NotRateable, AlreadyRated: as they say.
    """
    if not 1 <= rating <= 5:
        raise ValueError("a rating is 1 to 5")
    with unit_of_work() as session:
        record = _theirs(person, receipt_no)
        suggestion = record.suggestion
        if suggestion.rating is not None:
            if suggestion.rating == rating:
                return record
            raise AlreadyRated(receipt_no=record.receipt_no, rating=suggestion.rating)
        if suggestion.state not in ANSWERED:
            raise NotRateable(receipt_no=record.receipt_no, state=suggestion.state)
        suggestion.rating, suggestion.rated_at = rating, now
        session.flush()
        return record


def waiting_for_rating(person: Person) -> str | None:
    """The number of the person's suggestion that was answered last and that they have not rated."""
    with reading() as session:
        query = (
            select(matters.c.receipt_no)
            .join(suggestions, suggestions.c.matter_id == matters.c.id)
            .where(
                suggestions.c.person_id == person.id,
                suggestions.c.state.in_(ANSWERED),
                suggestions.c.rating.is_(None),
            )
            .order_by(matters.c.changed_at.desc(), matters.c.id.desc())
        )
        return session.execute(query).scalars().first()


def can_reopen(suggestion: Suggestion) -> bool:
    """Whether the author may still say that it is not solved."""
    return suggestion.reopened_at is None and suggestion.state in MOVES[REOPENED]


def check_reopening(person: Person, receipt_no: str) -> None:
    """Let pass what the author may still reopen.

    Raises:
        NotFound: the person has no suggestion of that number.
        MergedAlready, MoveNotAllowed, AlreadyReopened: as they say.
    """
    _may_reopen(_theirs(person, receipt_no))


def reopen(person: Person, receipt_no: str, reason: str, now: datetime) -> Hop:
    """Have it looked into once more because it is not solved, which can be asked for once; staff on duty are told.

    Raises:
        NotFound: the person has no suggestion of that number.
        MergedAlready, MoveNotAllowed, AlreadyReopened: as they say.
        ReasonNeeded: it is not said what is missing.
    """
    with unit_of_work() as session:
        record = _theirs(person, receipt_no)
        last = last_hop(record.id, REOPENED)
        if last is not None and record.suggestion.state == REOPENED and last.words == reason.strip():
            return last
        _may_reopen(record)
        if not reason.strip():
            raise ReasonNeeded(receipt_no=record.receipt_no)
        hop = add_hop(record, REOPENED, now, words=reason.strip())
        record.suggestion.reopened_at = now
        record.suggestion.due_on = record.matter.due_on = None
        session.flush()
        said = wording.say(
            "suggestion_reopened_for_staff",
            receipt_no=record.receipt_no,
            who=person.name,
            words=hop.words,
            subject=record.suggestion.words,
        )
        for chat_id in on_duty_chats():
            outbox.write_to_chat(chat_id, "alert", said, now)
        return hop


def on_duty_chats() -> list[int]:
    """The chats of staff on duty, where they have one."""
    with reading() as session:
        query = select(staff.c.chat_id).where(staff.c.on_duty.is_(True), staff.c.chat_id.is_not(None))
        return list(session.execute(query.order_by(staff.c.id)).scalars())


def _theirs(person: Person, receipt_no: str) -> Record:
    record = lock_root(receipt_no)
    if record.suggestion.person_id != person.id:
        raise NotFound()
    return record


def _may_reopen(record: Record) -> None:
    if record.suggestion.reopened_at is not None:
        raise AlreadyReopened(receipt_no=record.receipt_no)
    require_move(record.receipt_no, record.suggestion.state, REOPENED)
