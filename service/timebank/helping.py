"""Taking a request on, giving it back, and settling it once both have said that it was done."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from service.clock import local, moment_words
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.people.models import Person
from service.staff.models import Staff
from service.timebank import news
from service.timebank.asking import IN_WORDS, lock, mark, settle
from service.timebank.models import HelpRequest, help_requests
from service.timebank.refusals import (
    HelpSettled,
    HelpTaken,
    NotFitToHelp,
    OwnRequest,
    TooEarlyToConfirm,
)

# Nobody of this class is sent out to help.
_STAYS_AT_HOME = "不能参加"
# So long after the end staff look at what the two have not both confirmed.
_CONFIRM_WITHIN = timedelta(days=7)


def check_claim(person: Person, asked: HelpRequest, now: datetime) -> None:
    """Nothing, when the person can take the request on.

    Raises:
        OwnRequest, NotFitToHelp, HelpTaken: as they say.
    """
    if asked.person_id == person.id:
        raise OwnRequest()
    if person.activity_class == _STAYS_AT_HOME:
        raise NotFitToHelp()
    if asked.state != "open" or asked.starts_at <= now:
        late = asked.state == "open"
        raise HelpTaken(how="时间已经过了" if late else IN_WORDS[asked.state])


def claim(person: Person, receipt_no: str, now: datetime) -> HelpRequest:
    """Take a request on, and tell who asked; told twice by the same person, it was taken on once.

    Raises:
        NotFound: there is no request of that number.
        OwnRequest, NotFitToHelp, HelpTaken: as `check_claim`.
    """
    with unit_of_work() as session:
        asked = lock(receipt_no)
        if asked.state == "claimed" and asked.helper_id == person.id:
            return asked
        check_claim(person, asked, now)
        asked.helper_id, asked.claimed_at, asked.claims = person.id, now, asked.claims + 1
        mark(asked, "claimed", now)
        news.tell(asked, asked.person_id, "help_claimed", now)
        session.flush()
        return asked


def give_back(person: Person, receipt_no: str, now: datetime) -> HelpRequest:
    """Give a request that one took on back to the others, before it begins, and tell who asked.

    Raises:
        NotFound: the person has taken on no request of that number.
        HelpSettled: it has begun, or is over.
    """
    with unit_of_work() as session:
        asked = lock(receipt_no)
        if asked.helper_id != person.id:
            raise NotFound()
        began = asked.state == "claimed" and asked.starts_at <= now
        if asked.state != "claimed" or began:
            raise HelpSettled(receipt_no=receipt_no, how="已经开始了" if began else IN_WORDS[asked.state])
        mark(asked, "open", now)
        news.tell(asked, asked.person_id, "help_given_back", now)
        asked.helper_id = asked.claimed_at = None
        session.flush()
        return asked


def confirm(person: Person, receipt_no: str, now: datetime) -> HelpRequest:
    """Say that it was done. Once both have, the hours move; said twice, it counts once.

    Raises:
        NotFound: the person has no part in a request of that number.
        TooEarlyToConfirm: it has not begun.
        HelpSettled: it was called off, or is in dispute.
    """
    with unit_of_work() as session:
        asked = _theirs(person, receipt_no)
        if asked.state == "done":
            return asked
        if asked.state != "claimed":
            raise HelpSettled(receipt_no=receipt_no, how=IN_WORDS[asked.state])
        if asked.starts_at > now:
            raise TooEarlyToConfirm(when=moment_words(asked.starts_at, local(now).date()))
        if person.id == asked.person_id:
            asked.person_ok_at = asked.person_ok_at or now
        else:
            asked.helper_ok_at = asked.helper_ok_at or now
        if asked.person_ok_at and asked.helper_ok_at:
            settle(asked, "done", asked.minutes, now)
            for one in _both(asked):
                if one != person.id:
                    news.tell(asked, one, "help_done", now)
        session.flush()
        return asked


def dispute(person: Person, receipt_no: str, words: str, now: datetime) -> HelpRequest:
    """Object that it was not done as agreed; staff decide. Said again, nothing changes.

    Args:
        words: what is wrong, as the person put it.

    Raises:
        NotFound: the person has no part in a request of that number.
        TooEarlyToConfirm: it has not begun.
        HelpSettled: it is settled or was called off.
    """
    with unit_of_work():
        asked = _theirs(person, receipt_no)
        if asked.state == "disputed":
            return asked
        if asked.state != "claimed":
            raise HelpSettled(receipt_no=receipt_no, how=IN_WORDS[asked.state])
        if asked.starts_at > now:
            raise TooEarlyToConfirm(when=moment_words(asked.starts_at, local(now).date()))
        _disputed(asked, words, now)
        return asked


def decide(receipt_no: str, minutes: int, by: Staff, now: datetime) -> HelpRequest:
    """Staff settle a dispute: so many minutes to the helper, the rest back to who asked; both are told.

    Raises:
        NotFound: there is no request of that number.
        HelpSettled: it is not in dispute.
        ValueError: the minutes are not between none and all of it.
    """
    with unit_of_work() as session:
        asked = lock(receipt_no)
        if asked.state != "disputed":
            raise HelpSettled(receipt_no=receipt_no, how=IN_WORDS[asked.state])
        if not 0 <= minutes <= asked.minutes:
            raise ValueError(f"between 0 and {asked.minutes} minutes")
        asked.staff_id = by.id
        settle(asked, "done", minutes, now)
        for one in _both(asked):
            news.tell(asked, one, "help_decided", now)
        session.flush()
        return asked


def move_on(now: datetime) -> None:
    """Lapse what nobody claimed, ask both when it should be done, and pass on what they leave open.

    For the timetable, harmless to repeat.
    """
    for receipt_no in _where(help_requests.c.state == "open", help_requests.c.starts_at <= now):
        _lapse(receipt_no, now)
    claimed = (help_requests.c.state == "claimed", help_requests.c.starts_at <= now)
    for receipt_no in _where(*claimed, help_requests.c.confirm_asked_at.is_(None)):
        _ask_both(receipt_no, now)
    for receipt_no in _where(*claimed, help_requests.c.starts_at <= now - _CONFIRM_WITHIN):
        _pass_on(receipt_no, now)


def _lapse(receipt_no: str, now: datetime) -> None:
    with unit_of_work():
        asked = lock(receipt_no)
        if asked.state == "open" and asked.starts_at <= now:
            settle(asked, "lapsed", 0, now)
            news.tell(asked, asked.person_id, "help_lapsed", now)


def _ask_both(receipt_no: str, now: datetime) -> None:
    with unit_of_work() as session:
        asked = lock(receipt_no)
        if asked.state != "claimed" or asked.confirm_asked_at is not None or asked.ends_at > now:
            return
        asked.confirm_asked_at = now
        for one, ok_at in ((asked.person_id, asked.person_ok_at), (asked.helper_id, asked.helper_ok_at)):
            if one is not None and ok_at is None:
                news.tell(asked, one, "help_was_it_done", now)
        session.flush()


def _pass_on(receipt_no: str, now: datetime) -> None:
    with unit_of_work():
        asked = lock(receipt_no)
        if asked.state == "claimed" and asked.ends_at + _CONFIRM_WITHIN <= now:
            _disputed(asked, "过了七天双方没有都确认", now)


def _disputed(asked: HelpRequest, words: str, now: datetime) -> None:
    asked.dispute = words
    mark(asked, "disputed", now)
    for one in _both(asked):
        news.tell(asked, one, "help_disputed", now)
    news.tell_staff(asked, now)


def _theirs(person: Person, receipt_no: str) -> HelpRequest:
    asked = lock(receipt_no)
    if person.id not in _both(asked):
        raise NotFound()
    return asked


def _both(asked: HelpRequest) -> list[int]:
    return [one for one in (asked.person_id, asked.helper_id) if one is not None]


def _where(*conditions) -> list[str]:  # type: ignore[no-untyped-def]
    # One transaction a request, so that none waits for another and a failure stops only its own.
    with reading() as session:
        query = select(help_requests.c.receipt_no).where(*conditions).order_by(help_requests.c.id)
        return list(session.execute(query).scalars())
