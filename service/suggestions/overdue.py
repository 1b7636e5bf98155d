"""Suggestions whose due date is over: chased once a day, and listed with who answers for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from service import wording
from service.clock import day_words, local
from service.db import reading, unit_of_work
from service.matters.models import Matter, matters
from service.messages import outbox
from service.organisations.units import Unit, units
from service.suggestions.feedback import on_duty_chats
from service.suggestions.models import Suggestion, suggestions
from service.suggestions.news import short
from service.suggestions.states import FORWARDED, WORKING

# Staff are told in office hours; a day on which the assistant stood still until evening is left out.
_FROM_HOUR, _UNTIL_HOUR = 9, 18
_LISTED = 10


@dataclass(frozen=True)
class Overdue:
    """A suggestion that should have been answered, and by whom; `days` counts from the due date."""

    suggestion: Suggestion
    matter: Matter
    unit: Unit
    days: int


def overdue(now: datetime) -> list[Overdue]:
    """What should have been answered before today, in Asia/Shanghai, the longest overdue first."""
    with reading() as session:
        today = local(now).date()
        found = session.execute(_LATE.where(suggestions.c.due_on < today)).all()
        return [_overdue(row, today) for row in found]


def chase(now: datetime) -> None:
    """Tell staff on duty in one message what is overdue, each suggestion once a day; for the timetable.

    Nobody on duty who could be told leaves it to be told later that day.
    """
    at = local(now)
    chats = on_duty_chats()
    if not _FROM_HOUR <= at.hour < _UNTIL_HOUR or not chats:
        return
    today = at.date()
    untold = or_(suggestions.c.chased_on.is_(None), suggestions.c.chased_on < today)
    with unit_of_work() as session:
        query = _LATE.where(suggestions.c.due_on < today, untold).with_for_update(of=suggestions)
        found = [_overdue(row, today) for row in session.execute(query)]
        if not found:
            return
        for each in found:
            each.suggestion.chased_on = today
        said = wording.say(
            "suggestions_overdue",
            count=len(found),
            lines="\n".join(_line(each, today) for each in found[:_LISTED]),
            more=wording.phrase("suggestions_overdue_more", rest=len(found) - _LISTED)
            if len(found) > _LISTED
            else "",
        )
        for chat_id in chats:
            outbox.write_to_chat(chat_id, "alert", said, now)
        session.flush()


_LATE = (
    select(Suggestion, Matter, Unit)
    .join(matters, matters.c.id == suggestions.c.matter_id)
    .join(units, units.c.id == suggestions.c.unit_id)
    .where(suggestions.c.state.in_((FORWARDED, WORKING)))
    .order_by(suggestions.c.due_on, suggestions.c.id)
    .execution_options(populate_existing=True)
)


def _overdue(row: tuple[Suggestion, Matter, Unit], today: date) -> Overdue:
    suggestion, matter, unit = row
    return Overdue(suggestion, matter, unit, (today - (suggestion.due_on or today)).days)


def _line(each: Overdue, today: date) -> str:
    return wording.phrase(
        "suggestions_overdue_line",
        receipt_no=each.matter.receipt_no,
        subject=short(each.suggestion.words),
        unit=each.unit.name,
        liaison=f"{each.unit.liaison} {each.unit.phone}".strip(),
        due=day_words(each.suggestion.due_on, today) if each.suggestion.due_on else "",
        days=each.days,
    )
