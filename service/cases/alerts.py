"""Alerts to staff: stored, and sent to the chats of those on duty."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from service import wording
from service.cases.models import Alert, alerts
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.messages import outbox
from service.messages.models import Chat
from service.people import queries as people
from service.staff.models import Staff, staff
from service.wording import Utterance


def raise_alert(
    kind: str,
    chat: Chat | None,
    words: str,
    now: datetime,
    *,
    matter_id: int | None = None,
    receipt_no: str = "",
) -> Alert:
    """Store an alert and write it to everybody on duty who has a chat.

    Args:
        kind: emergency, scam, talk, complaint or failure; update or token for what the messenger brought.
        chat: where it happened, if it was in a chat.
        words: what the person said; for a failure its id.
    """
    with unit_of_work() as session:
        alert = Alert(
            kind=kind,
            words=words,
            raised_at=now,
            chat_id=chat.id if chat else None,
            person_id=chat.person_id if chat else None,
            matter_id=matter_id,
        )
        session.add(alert)
        session.flush()
        who = people.get(alert.person_id).name if alert.person_id else "一位没有登记的人"
        said = wording.say(f"alert_{kind}", who=who, words=words, receipt_no=receipt_no)
        text = Utterance(said.text, [*said.buttons, *wording.say("alert_buttons", alert_id=alert.id).buttons])
        on_duty = select(staff.c.chat_id).where(staff.c.on_duty.is_(True), staff.c.chat_id.is_not(None))
        for chat_id in session.execute(on_duty).scalars():
            outbox.write_to_chat(chat_id, "alert", text, now)
        return alert


def raise_for_failure(chat: Chat, failure_id: str, now: datetime) -> None:
    """Alert staff that a message could not be handled and was apologised for."""
    raise_alert("failure", chat, failure_id, now)


def open_alerts() -> list[Alert]:
    """Alerts that nobody has taken, oldest first."""
    with reading() as session:
        query = select(Alert).where(alerts.c.taken_at.is_(None)).order_by(alerts.c.id)
        return list(session.execute(query).scalars())


def take(alert_id: int, who: Staff, now: datetime) -> None:
    """Note who looks after an alert.

    Raises:
        NotFound: there is no such alert, or somebody has it.
    """
    with unit_of_work() as session:
        taken = session.execute(
            update(alerts)
            .where(alerts.c.id == alert_id, alerts.c.taken_at.is_(None))
            .values(taken_at=now, taken_by=who.id)
        )
        if taken.rowcount == 0:
            raise NotFound()
