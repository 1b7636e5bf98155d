"""Besides points: public praise, certificates and allowances, each traced to what earned it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from service import wording
from service.clock import day_words, local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.matters.models import matters
from service.matters.queries import normal_no
from service.messages import outbox
from service.messages.models import Outgoing
from service.messages.verdicts import Verdict, for_unasked
from service.people import queries
from service.people.models import Person
from service.rewards.models import RECOGNITION_KINDS, Recognition, recognitions
from service.staff.models import Staff

KIND = "recognition"


def recognise(
    person: Person,
    kind: str,
    title: str,
    earned_by: str,
    by: Staff,
    now: datetime,
    *,
    given_on: date | None = None,
    yuan: float = 0,
    receipt_no: str | None = None,
) -> Recognition:
    """Record what a person was given, and tell them; the same thing of the same day again changes nothing.

    Args:
        kind: one of RECOGNITION_KINDS.
        earned_by: what earned it, in Chinese: 2026年银杏社区微网格巡查120小时.
        given_on: the day in Asia/Shanghai, today by default.
        yuan: an allowance's amount.
        receipt_no: the matter that earned it, if there is one.

    Raises:
        ValueError: the kind is unknown, nothing earned it, an allowance has no amount or something else has one.
        NotFound: there is no matter of that number.
    """
    if kind not in RECOGNITION_KINDS:
        raise ValueError(f"{kind} is not one of {', '.join(RECOGNITION_KINDS)}")
    if not earned_by.strip() or not title.strip():
        raise ValueError("say what it is and what earned it")
    if (kind == "补贴") != (yuan > 0):
        raise ValueError("an allowance has an amount, and nothing else has one")
    day = given_on or local(now).date()
    with unit_of_work() as session:
        number = _known(receipt_no)
        c = recognitions.c
        same = (c.person_id == person.id) & (c.kind == kind) & (c.title == title) & (c.given_on == day)
        known = session.execute(select(Recognition).where(same)).scalars().first()
        if known is not None:
            return known
        given = Recognition(
            person.id, kind, title, earned_by.strip(), day, by.id, now, number, round(yuan * 100)
        )
        session.add(given)
        session.flush()
        said = wording.say(
            "recognised",
            what=words_of(given),
            earned_by=given.earned_by,
            day=day_words(day, local(now).date()),
        )
        outbox.tell(person.id, KIND, said, now, dedupe_key=f"{KIND}:{given.id}")
        return given


def recognitions_of(person_id: int) -> list[Recognition]:
    """What a person was given, the latest first."""
    with reading() as session:
        query = select(Recognition).where(recognitions.c.person_id == person_id)
        query = query.order_by(recognitions.c.given_on.desc(), recognitions.c.id.desc())
        return list(session.execute(query).scalars())


def words_of(given: Recognition) -> str:
    """What it is, in words: 补贴《冬季慰问金》300元."""
    amount = f"{given.fen / 100:g}元" if given.fen else ""
    return f"{given.kind}《{given.title}》{amount}"


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Not in quiet hours, and not to those who want nothing unasked."""
    assert row.person_id is not None
    return for_unasked(queries.get(row.person_id), now)


def _known(receipt_no: str | None) -> str | None:
    if receipt_no is None:
        return None
    number = normal_no(receipt_no)
    with reading() as session:
        if session.execute(select(matters.c.id).where(matters.c.receipt_no == number)).scalar() is None:
            raise NotFound()
    return number
