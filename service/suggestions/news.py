"""What authors and seconders are told unasked about a suggestion: one short message a hop and person, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service import wording
from service.clock import day_words, local
from service.db import reading
from service.messages import outbox
from service.messages.models import Outgoing
from service.messages.verdicts import SEND, Verdict, quiet_until
from service.organisations.units import Unit, units
from service.people.models import Person, people
from service.suggestions.models import Hop
from service.suggestions.records import Record, circle_of
from service.suggestions.states import (
    ADOPTED,
    DECLINED,
    FORWARDED,
    INSTRUCTED,
    MERGED,
    OUTCOME,
    PARTLY,
    REPLIED,
    WITHDRAWN,
    WORKING,
)
from service.wording import Utterance

KIND = "suggestion_news"
# Seconders hear what came of it, not every step on the way.
FOR_SECONDERS = (REPLIED, ADOPTED, PARTLY, DECLINED, OUTCOME, MERGED, WITHDRAWN)
_WORDING = {
    FORWARDED: "suggestion_forwarded",
    WORKING: "suggestion_working",
    INSTRUCTED: "suggestion_instructed",
    REPLIED: "suggestion_replied",
    ADOPTED: "suggestion_adopted",
    PARTLY: "suggestion_partly_adopted",
    DECLINED: "suggestion_declined",
    OUTCOME: "suggestion_outcome",
    MERGED: "suggestion_merged",
    WITHDRAWN: "suggestion_taken_back",
}
_ABOUT = 16


def announce(hop: Hop, record: Record, now: datetime, *, points: int = 0, into: str = "") -> None:
    """Tell the author of a hop, and whoever else it concerns, in short messages that name the receipt number.

    Args:
        points: what the author was given for it.
        into: the number of the suggestion that this one was merged into.
    """
    circle = circle_of(record.suggestion)
    subject = short(record.suggestion.words)

    def said(whose: str, number: str) -> Utterance:
        begin = wording.phrase(whose, receipt_no=number, into=record.receipt_no, subject=subject)
        return wording.say(_WORDING[hop.kind], whose=begin, into=into, **_details(hop, now))

    if hop.kind != WITHDRAWN:
        text = said("suggestion_of_yours", record.receipt_no)
        earned = wording.phrase("suggestion_earned", points=points) if points else ""
        after = _asking(hop, record)
        text = Utterance("\n".join(filter(None, (text.text, earned, after.text))), after.buttons)
        _tell(hop, record.suggestion.person_id, text, now)
    for person_id, number in circle.merged.items():
        _tell(hop, person_id, said("suggestion_merged_of_yours", number), now)
    if hop.kind in FOR_SECONDERS:
        for person_id in sorted(circle.seconders):
            _tell(hop, person_id, said("suggestion_you_second", record.receipt_no), now)


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """In quiet hours it waits for their end; it is about something the person handed in, so it is always sent."""
    with reading() as session:
        person = session.execute(select(Person).where(people.c.id == row.person_id)).scalars().one()
    until = quiet_until(person, now)
    return SEND if until is None else Verdict("send", until)


def short(words: str) -> str:
    """The beginning of a suggestion, by which its author knows it again."""
    line = " ".join(words.split())
    return line if len(line) <= _ABOUT else line[:_ABOUT] + "…"


def _details(hop: Hop, now: datetime) -> dict[str, str]:
    """What the wording of a hop may need, in words."""
    today = local(now).date()
    with reading() as session:
        unit = session.execute(select(Unit).where(units.c.id == hop.unit_id)).scalars().first()
    return {
        "who": hop.who,
        "words": hop.words,
        "told": f"\n{hop.words}" if hop.words else "",
        "unit": unit.name if unit else "",
        "due": day_words(hop.due_on, today) if hop.due_on else "",
        "dated": day_words(hop.dated, today) if hop.dated else "",
    }


def _asking(hop: Hop, record: Record) -> Utterance:
    """What the author is asked after an answer: how they like it, and whether it is solved, while either is open."""
    suggestion, number = record.suggestion, record.receipt_no
    if hop.kind == REPLIED and suggestion.rating is None:
        asked = wording.say("suggestion_rate_it", receipt_no=number)
        buttons = list(asked.buttons)
    elif hop.kind in (REPLIED, DECLINED, OUTCOME):
        asked, buttons = Utterance(""), []
    else:
        return Utterance("")
    if suggestion.reopened_at is None:
        buttons += wording.say("suggestion_not_solved", receipt_no=number).buttons
    return Utterance(asked.text, buttons)


def _tell(hop: Hop, person_id: int, text: Utterance, now: datetime) -> None:
    outbox.tell(person_id, KIND, text, now, dedupe_key=f"suggestion_hop:{hop.id}:{person_id}")
