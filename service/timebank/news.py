"""What people are told unasked about help asked for and hours given, and whether it still holds when it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from service import wording
from service.clock import local, moment_words
from service.db import reading
from service.ledger.hours import hours_words
from service.messages import outbox
from service.messages.models import Outgoing
from service.messages.verdicts import SEND, WITHDRAWN, Verdict, quiet_until
from service.people import queries
from service.staff import queries as staff_queries
from service.timebank.models import HelpRequest, HourGift, help_requests, hour_gifts

KIND, GIFT_KIND = "help_news", "gift_news"


def tell(
    asked: HelpRequest, person_id: int, key: str, now: datetime, *, due_at: datetime | None = None
) -> None:
    """Tell one of the two how the request stands now, in the words of that key, once for each claim of it."""
    outbox.tell(
        person_id,
        KIND,
        _said(asked, key, now),
        now,
        due_at=due_at,
        dedupe_key=f"{key}:{asked.receipt_no}:{asked.claims}:{person_id}",
        about={"receipt_no": asked.receipt_no, "state": asked.state, "claims": asked.claims},
    )


def tell_staff(asked: HelpRequest, now: datetime) -> None:
    """Show a disagreement to the members of staff on duty who have a chat."""
    for member in staff_queries.everybody():
        if member.on_duty and member.chat_id is not None:
            outbox.write_to_chat(member.chat_id, "alert", _said(asked, "staff_help_disputed", now), now)


def tell_of_gift(gift: HourGift, now: datetime, undo_for: timedelta) -> None:
    """Tell the receiver of the gift once it cannot be undone any more."""
    giver = queries.get(gift.giver_id)
    said = wording.say("hours_received", giver=giver.name, hours=hours_words(gift.minutes))
    outbox.tell(
        gift.receiver_id,
        GIFT_KIND,
        said,
        now,
        due_at=now + undo_for,
        dedupe_key=f"hours_received:{gift.receipt_no}",
        about={"receipt_no": gift.receipt_no},
    )


def _said(asked: HelpRequest, key: str, now: datetime) -> wording.Utterance:
    return wording.say(
        key,
        what=asked.what,
        when=moment_words(asked.starts_at, local(now).date()),
        hours=hours_words(asked.minutes),
        paid=hours_words(asked.paid_minutes or 0),
        back=hours_words(asked.minutes - (asked.paid_minutes or 0)),
        asker=queries.get(asked.person_id).name,
        helper=queries.get(asked.helper_id).name if asked.helper_id is not None else "",
        dispute=asked.dispute or "",
        receipt_no=asked.receipt_no,
    )


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Not when the request has moved on; quiet hours are kept unless it begins before they end.

    That messages were stopped does not matter: this is about something the person asked for or took on.
    """
    about = (row.payload or {})["about"]
    with reading() as session:
        query = select(HelpRequest).where(help_requests.c.receipt_no == about["receipt_no"])
        asked = session.execute(query).scalars().one()
    if (asked.state, asked.claims) != (about["state"], about["claims"]):
        return WITHDRAWN
    assert row.person_id is not None
    until = quiet_until(queries.get(row.person_id), now)
    return SEND if until is None or now < asked.starts_at <= until else Verdict("send", until)


def recheck_gift(row: Outgoing, now: datetime) -> Verdict:
    """Not when it was taken back, and not in quiet hours."""
    about = (row.payload or {})["about"]
    with reading() as session:
        query = select(hour_gifts.c.undone_at).where(hour_gifts.c.receipt_no == about["receipt_no"])
        undone_at = session.execute(query).scalar_one()
    if undone_at is not None:
        return WITHDRAWN
    assert row.person_id is not None
    until = quiet_until(queries.get(row.person_id), now)
    return SEND if until is None else Verdict("send", until)
