"""Changing one's own details: asked for by the person, applied or refused by staff, and told back."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select

from service import wording
from service.db import reading, unit_of_work
from service.errors import NotFound, Refusal
from service.matters.models import Matter, matters
from service.matters.queries import normal_no
from service.matters.receipts import next_receipt_no
from service.messages import outbox
from service.messages.models import Chat, Outgoing
from service.messages.verdicts import SEND, Verdict, quiet_until
from service.people import profile
from service.people import queries as people
from service.people.queries import digits
from service.profiles.models import ProfileChange, profile_changes

KIND = "profile_news"
IN_WORDS = {"open": "已收到", "applied": "已更改", "refused": "未更改", "withdrawn": "已撤回"}
_LONGEST = {"phone": 20, "address": 256, "community": 128, "spouse": 64, "emergency_contact": 128}
_PHONE = re.compile(r"(?:1\d{10}|0\d{9,11}|\d{7,8})")


class ChangeNotUsable(Refusal):
    """The new value cannot be one; `reason` says why in words."""

    code = "change_not_usable"


class ChangeSettled(Refusal):
    """The change, `receipt_no`, was applied, refused or withdrawn already: `state` in words."""

    code = "change_settled"


def check(what: str, value: str) -> str:
    """The new value as it will be kept.

    Raises:
        ChangeNotUsable: it is empty, too long, or no phone number.
    """
    value = digits(value) if what == "phone" else " ".join(value.split())
    if what == "phone" and not _PHONE.fullmatch(value):
        raise ChangeNotUsable(reason=wording.phrase("not_a_phone"))
    if not value or len(value) > _LONGEST.get(what, 256):
        raise ChangeNotUsable(reason=wording.phrase("not_a_value"))
    return value


def ask(chat: Chat, what: str, value: str, now: datetime) -> ProfileChange:
    """Hand in a change for the person that the chat speaks for; the same one that is open already is found again.

    A change of the same thing that still waits is withdrawn, since the newer word counts.

    Raises:
        ChangeNotUsable: as `check`.
        NotFound: the chat speaks for nobody.
    """
    value = check(what, value)
    if chat.person_id is None:
        raise NotFound()
    with unit_of_work() as session:
        waiting = _open_of(chat.person_id, what)
        if waiting is not None:
            if waiting.after == value:
                return waiting
            _settle(waiting, "withdrawn", now)
        matter = Matter(
            receipt_no=next_receipt_no("profile", now),
            kind="profile",
            subject=wording.phrase("profile_matter", what=wording.phrase(f"profile_{what}")),
            state=IN_WORDS["open"],
            created_at=now,
            changed_at=now,
            person_id=chat.person_id,
            chat_id=chat.id,
        )
        session.add(matter)
        session.flush()
        before = profile.profile_of(chat.person_id).value(what)
        asked = ProfileChange(matter.receipt_no, chat.person_id, what, before, value, now)
        session.add(asked)
        session.flush()
        return asked


def withdraw(person_id: int, receipt_no: str, now: datetime) -> ProfileChange:
    """Take back a change that was not settled yet; again changes nothing.

    Raises:
        NotFound: the person asked for none of that number.
        ChangeSettled: staff were quicker.
    """
    with unit_of_work():
        asked = _locked(receipt_no)
        if asked.person_id != person_id:
            raise NotFound()
        if asked.state != "withdrawn":
            _require_open(asked)
            _settle(asked, "withdrawn", now)
        return asked


def apply(receipt_no: str, now: datetime) -> ProfileChange:
    """Put the change into the roster and tell the person; again changes nothing.

    Raises:
        NotFound: there is none of that number.
        ChangeSettled: it was refused or withdrawn.
        ValueError: it cannot be applied, as no community is called so.
    """
    with unit_of_work():
        asked = _locked(receipt_no)
        if asked.state != "applied":
            _require_open(asked)
            profile.change(asked.person_id, asked.what, asked.after)
            _settle(asked, "applied", now)
            _tell(asked, "profile_applied", now)
        return asked


def refuse(receipt_no: str, reason: str, now: datetime) -> ProfileChange:
    """Leave the roster as it is and tell the person why; again changes nothing.

    Raises:
        NotFound: there is none of that number.
        ChangeSettled: it was applied or withdrawn.
        ValueError: no reason is given.
    """
    if not reason.strip():
        raise ValueError("a refusal needs a reason")
    with unit_of_work():
        asked = _locked(receipt_no)
        if asked.state != "refused":
            _require_open(asked)
            asked.reason = reason.strip()
            _settle(asked, "refused", now)
            _tell(asked, "profile_refused", now)
        return asked


def open_changes(person_id: int | None = None) -> list[ProfileChange]:
    """What waits for staff, the oldest first; of one person where given."""
    with reading() as session:
        query = select(ProfileChange).where(profile_changes.c.state == "open").order_by(profile_changes.c.id)
        if person_id is not None:
            query = query.where(profile_changes.c.person_id == person_id)
        return list(session.execute(query).scalars())


def recheck(row: Outgoing, now: datetime) -> Verdict:
    """Told to whoever asked even when notices were stopped, though not in their quiet hours."""
    if row.person_id is None:
        return SEND
    until = quiet_until(people.get(row.person_id), now)
    return SEND if until is None else Verdict("send", until)


def _open_of(person_id: int, what: str) -> ProfileChange | None:
    return next((each for each in open_changes(person_id) if each.what == what), None)


def _locked(receipt_no: str) -> ProfileChange:
    with unit_of_work() as session:
        number = normal_no(receipt_no)
        query = (
            select(ProfileChange)
            .where(profile_changes.c.receipt_no == number)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        asked = session.execute(query).scalars().first()
        if asked is None:
            raise NotFound()
        return asked


def _require_open(asked: ProfileChange) -> None:
    if asked.state != "open":
        raise ChangeSettled(receipt_no=asked.receipt_no, state=IN_WORDS[asked.state])


def _settle(asked: ProfileChange, state: str, now: datetime) -> None:
    with unit_of_work() as session:
        asked.state, asked.settled_at = state, now
        matter = (
            session.execute(select(Matter).where(matters.c.receipt_no == asked.receipt_no)).scalars().one()
        )
        matter.state, matter.changed_at = IN_WORDS[state], now
        session.flush()


def _tell(asked: ProfileChange, key: str, now: datetime) -> None:
    shown = profile.masked(asked.after) if asked.what == "phone" else asked.after
    what = wording.phrase(f"profile_{asked.what}")
    said = wording.say(key, receipt_no=asked.receipt_no, what=what, value=shown, reason=asked.reason)
    outbox.tell(asked.person_id, KIND, said, now, dedupe_key=f"{KIND}:{asked.receipt_no}:{asked.state}")
