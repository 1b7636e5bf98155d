"""Asking for help for hours, which are held from then on, and calling it off."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from service.clock import local, moment_words
from service.db import unit_of_work
from service.errors import NotFound
from service.ledger import posting, queries
from service.ledger.hours import hours_words
from service.ledger.posting import HELD, MINUTES, Reason, person_owner
from service.matters.models import Matter, matters
from service.matters.receipts import next_receipt_no
from service.people.models import Person, people
from service.timebank import news
from service.timebank.models import HelpRequest, help_requests
from service.timebank.refusals import AlreadyAsked, HelpInThePast, HelpSettled, TooFewHours

IN_WORDS = {
    "open": "等人认领",
    "claimed": "已有人认领",
    "done": "已完成",
    "disputed": "工作人员核实中",
    "cancelled": "已取消",
    "lapsed": "没有人认领",
}
# Longer help is asked for a day at a time.
LONGEST = 8 * 60


def check(person: Person, starts_at: datetime, minutes: int, now: datetime) -> None:
    """Nothing, when the person can ask for so much help at that time.

    Raises:
        ValueError: the minutes are not 1 to LONGEST.
        HelpInThePast, TooFewHours: as they say.
    """
    if not 1 <= minutes <= LONGEST:
        raise ValueError("help takes between a minute and a working day")
    if starts_at <= now:
        raise HelpInThePast(when=moment_words(starts_at, local(now).date()))
    balance = queries.balance(person.id, MINUTES)
    if balance < minutes:
        raise TooFewHours(balance=hours_words(balance), needed=hours_words(minutes))


def ask_for_help(
    person: Person, what: str, starts_at: datetime, minutes: int, request: str, now: datetime
) -> HelpRequest:
    """Put up a request that anybody may claim; the person's hours for it are held.

    Args:
        what: the help, as the person put it.
        request: the name of the question answered with yes; the same one asks once.

    Raises:
        AlreadyAsked: this yes was counted before.
        ValueError, HelpInThePast, TooFewHours: as `check`.
    """
    with unit_of_work() as session:
        session.execute(select(people.c.id).where(people.c.id == person.id).with_for_update(key_share=True))
        known = select(help_requests.c.receipt_no).where(help_requests.c.request == request)
        if (receipt_no := session.execute(known).scalar()) is not None:
            raise AlreadyAsked(receipt_no=receipt_no)
        check(person, starts_at, minutes, now)
        receipt_no = next_receipt_no("case", now)
        session.add(
            Matter(
                receipt_no=receipt_no,
                kind="timebank",
                subject=f"时间银行求助：{what}",
                state=IN_WORDS["open"],
                created_at=now,
                changed_at=now,
                person_id=person.id,
            )
        )
        session.flush()
        asked = HelpRequest(receipt_no, request, person.id, what, starts_at, minutes, now)
        session.add(asked)
        session.flush()
        reason = Reason("timebank", "求助预留", local(now).date(), f"help:{receipt_no}:held")
        posting.move(person_owner(person.id), HELD, MINUTES, minutes, reason, now)
        return asked


def cancel_request(person: Person, receipt_no: str, now: datetime) -> HelpRequest:
    """Call a request off before it begins: the hours come back, and whoever had claimed it is told.

    Raises:
        NotFound: the person has no request of that number.
        HelpSettled: it has begun, or is settled, called off or under dispute.
    """
    with unit_of_work():
        asked = lock(receipt_no)
        if asked.person_id != person.id:
            raise NotFound()
        began = asked.state == "claimed" and asked.starts_at <= now
        if asked.state not in ("open", "claimed") or began:
            raise HelpSettled(receipt_no=receipt_no, how="已经开始了" if began else IN_WORDS[asked.state])
        settle(asked, "cancelled", 0, now)
        if asked.helper_id is not None:
            news.tell(asked, asked.helper_id, "help_called_off", now)
        return asked


def lock(receipt_no: str) -> HelpRequest:
    """The request of that number, held until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    with unit_of_work() as session:
        query = (
            select(HelpRequest)
            .where(help_requests.c.receipt_no == receipt_no)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        asked = session.execute(query).scalars().first()
        if asked is None:
            raise NotFound()
        return asked


def settle(asked: HelpRequest, state: str, paid: int, now: datetime) -> None:
    """End a request whose lock the caller holds: so many of the held minutes to the helper, the rest back."""
    with unit_of_work() as session:
        today = local(now).date()
        if paid and asked.helper_id is not None:
            reason = Reason("timebank", f"互助：{hours_words(paid)}", today, f"help:{asked.receipt_no}:paid")
            posting.move(HELD, person_owner(asked.helper_id), MINUTES, paid, reason, now)
        if back := asked.minutes - paid:
            reason = Reason("timebank", "求助预留退回", today, f"help:{asked.receipt_no}:back")
            posting.move(HELD, person_owner(asked.person_id), MINUTES, back, reason, now)
        asked.paid_minutes, asked.settled_at = paid, now
        mark(asked, state, now)
        session.flush()


def mark(asked: HelpRequest, state: str, now: datetime) -> None:
    """Write down how a request stands, in its own row and in its matter."""
    with unit_of_work() as session:
        asked.state = state
        query = select(Matter).where(matters.c.receipt_no == asked.receipt_no)
        matter = session.execute(query).scalars().one()
        matter.state, matter.changed_at = IN_WORDS[state], now
        session.flush()
