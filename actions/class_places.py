"""A place in a class of the senior university: read back, taken, waited for, given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.turn import Choice, Turn
from service.clock import day_words, local
from service.people.models import Person
from service.study import classes, enrolling, places
from service.study.class_models import LIVE, Enrolment
from service.study.classes import Offer
from service.study.enrolment_refusals import ClassFull, EnrolmentGone


def read_back(turn: Turn, person: Person, offer: Offer) -> None:
    """Ask for a yes, to a seat or to a place in the queue, once nothing else stands in the way."""
    offer = enrolling.check(person, offer.id, turn.now)
    full = offer.seats_left == 0
    turn.confirm(
        "wait_for_class" if full else "enrol",
        "class_waiting_read_back" if full else "class_read_back",
        {"class_id": offer.id},
        title=offer.title,
        position=offer.waiting + 1,
        lines="\n".join(classes.lines_of(offer, local(turn.now).date())),
    )


def _enrol(turn: Turn, details: dict[str, Any]) -> None:
    person = turn.require_person()
    try:
        enrolment = enrolling.enrol(person, details["class_id"], turn.now)
    except ClassFull:
        # The last seat went in the meantime.
        read_back(turn, person, classes.get_offer(details["class_id"]))
        return
    _say_enrolled(turn, "class_enrolled", enrolment)


def _wait(turn: Turn, details: dict[str, Any]) -> None:
    enrolment = enrolling.enrol(turn.require_person(), details["class_id"], turn.now, wait=True)
    _say_enrolled(turn, "class_waiting" if enrolment.state == "waiting" else "class_enrolled", enrolment)


def restore(turn: Turn, person: Person, receipt_no: str) -> None:
    """Undo giving a place back, or offer the queue when it is gone."""
    try:
        enrolment = enrolling.restore(person, receipt_no, turn.now)
    except ClassFull:
        given_back = places.get_enrolment(person.id, receipt_no)
        read_back(turn, person, classes.get_offer(given_back.class_id))
        return
    _say_enrolled(turn, "class_restored", enrolment)


def _say_enrolled(turn: Turn, key: str, enrolment: Enrolment) -> None:
    offer = classes.get_offer(enrolment.class_id)
    turn.say(
        key,
        [
            Choice("撤销报名", "cancel_booking", {"undo_class": enrolment.receipt_no}),
            Choice("我的安排", "my_schedule"),
        ],
        receipt_no=enrolment.receipt_no,
        title=offer.title,
        hours=offer.hours,
        position=places.place_in_queue(enrolment) if enrolment.state == "waiting" else None,
        first=day_words(offer.starts_at, local(turn.now).date()) if offer.starts_at else "",
    )


def read_back_withdrawal(turn: Turn, enrolment: Enrolment) -> None:
    """Ask for a yes to giving a place back."""
    offer = classes.get_offer(enrolment.class_id)
    if enrolment.state not in LIVE:
        raise EnrolmentGone(title=offer.title, receipt_no=enrolment.receipt_no)
    details = {"receipt_no": enrolment.receipt_no}
    words = {"title": offer.title, "hours": offer.hours, "receipt_no": enrolment.receipt_no}
    turn.confirm("withdraw_from_class", "class_withdraw_read_back", details, **words)


def _withdraw(turn: Turn, details: dict[str, Any]) -> None:
    give_back(turn, turn.require_person(), details["receipt_no"])


def give_back(turn: Turn, person: Person, receipt_no: str) -> None:
    """Give a place back, with an undo while there is one."""
    enrolment = enrolling.withdraw(person, receipt_no, turn.now)
    offer = classes.get_offer(enrolment.class_id)
    undo = [Choice("还是要上", "book_activity", {"restore_class": receipt_no})]
    choices = undo if enrolling.can_restore(enrolment, turn.now) else []
    turn.say("class_withdrawn", choices, title=offer.title, receipt_no=receipt_no)


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {
    "enrol": _enrol,
    "wait_for_class": _wait,
    "withdraw_from_class": _withdraw,
}
