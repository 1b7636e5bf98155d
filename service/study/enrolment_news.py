"""What a person is told unasked about a place in a class, and whether it still holds when it is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service import wording
from service.db import reading
from service.messages import outbox
from service.messages.models import Outgoing
from service.messages.verdicts import SEND, WITHDRAWN, Verdict, quiet_until
from service.people import queries as people
from service.study.class_models import Enrolment, enrolments
from service.study.classes import Offer

KIND = "class_news"


def tell(enrolment: Enrolment, offer: Offer, key: str, now: datetime, **words: str) -> None:
    """Tell the person in the words of that key how their place stands now, once for each change."""
    changed_at = enrolment.withdrawn_at or enrolment.queued_at
    said = wording.say(
        key,
        title=offer.title,
        term=offer.term.name,
        hours=offer.hours,
        receipt_no=enrolment.receipt_no,
        class_id=offer.id,
        **words,
    )
    outbox.tell(
        enrolment.person_id,
        KIND,
        said,
        now,
        dedupe_key=f"{key}:{enrolment.receipt_no}:{changed_at.timestamp():.0f}",
        about={"receipt_no": enrolment.receipt_no, "state": enrolment.state},
    )


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Not when it no longer holds; kept for after quiet hours. It is about what the person signed up for."""
    about = (row.payload or {})["about"]
    with reading() as session:
        query = select(Enrolment).where(enrolments.c.receipt_no == about["receipt_no"])
        enrolment = session.execute(query).scalars().one()
    if enrolment.state != about["state"]:
        return WITHDRAWN
    until = quiet_until(people.get(enrolment.person_id), now)
    return SEND if until is None else Verdict("send", until)
