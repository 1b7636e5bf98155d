"""Classes of the senior university: found, enrolled in, given back; what signing up and schedules hand over to study."""

from __future__ import annotations

import re
from datetime import timedelta

from actions.activity_meant import meant, wanted_of
from actions.class_places import give_back, read_back, read_back_withdrawal, restore
from actions.turn import Choice, Turn
from service import linking
from service.clock import day_words, local
from service.errors import NotFound
from service.people.models import Person
from service.study import classes, courses, places
from service.study.classes import Offer
from service.wording import phrase

_SCHOOL = re.compile(r"老年大学|老大|学期|招生|学员|新班|大学")
# The kinds of activity that people call 班 as well.
_TAUGHT = ("课程班", "培训")
_SHOWN = 5


def found_classes(turn: Turn) -> bool:
    """Answer a search for courses with the classes that were asked for; False when it was not about them."""
    if class_id := turn.entity("class_id") or turn.chosen("classes"):
        _show(turn, classes.get_offer(int(class_id)))
        return True
    about_school = _SCHOOL.search(turn.text) is not None
    topics = turn.entities("topic")
    found = classes.named(topics, turn.text, turn.now)
    named_nothing = all(linking.says_nothing(topic) or _SCHOOL.search(topic) for topic in topics)
    if not found and about_school and named_nothing:
        found = classes.enrolling(turn.person, turn.now) or classes.current(turn.now)
    if not found or not (about_school or not _is_course(topics)):
        return False
    if len(found) == 1:
        _show(turn, found[0])
    else:
        _list(turn, "classes_found", found, "find_course")
    return True


def takes_over(turn: Turn, person: Person) -> bool:
    """Sign up for the class or course that was named, where book_activity hands over; False when none was."""
    if receipt_no := turn.entity("restore_class"):
        restore(turn, person, receipt_no)
        return True
    if class_id := turn.entity("class_id") or turn.chosen("classes"):
        read_back(turn, person, classes.get_offer(int(class_id)))
        return True
    if turn.is_press or turn.entity("activity_id"):
        return False
    topics = turn.entities("topic")
    found = classes.named(topics, turn.text, turn.now)
    about_school = _SCHOOL.search(turn.text) is not None
    if found and (about_school or _class_rather(turn, found)):
        _one_of(turn, person, found)
        return True
    if about_school and not topics and (offered := classes.enrolling(person, turn.now)):
        _one_of(turn, person, offered)
        return True
    if not found and _is_course(topics) and not _activity_meant(turn):
        course = courses.search(topics[0])[0][0]
        turn.say(
            "course_is_open",
            [Choice("现在就学", "continue_study", {"course_id": course.id})],
            title=course.title,
        )
        return True
    return False


def takes_back(turn: Turn, person: Person) -> bool:
    """Give back the place in a class that was meant, where cancel_booking hands over; False when none was."""
    if receipt_no := turn.entity("undo_class"):
        give_back(turn, person, receipt_no)
        return True
    if receipt_no := turn.entity("receipt_no") or turn.entity("matter_no"):
        try:
            read_back_withdrawal(turn, places.get_enrolment(person.id, receipt_no))
        except NotFound:
            return False
        return True
    mine = places.places_of(person.id, turn.now)
    if turn.is_press or not mine:
        return False
    named = {offer.id for offer in classes.named(turn.entities("topic"), turn.text, turn.now)}
    spoken_of = [each for each in mine if each.offer.id in named]
    if not spoken_of and _SCHOOL.search(turn.text):
        spoken_of = mine
    if not spoken_of or (_SCHOOL.search(turn.text) is None and _activity_meant(turn)):
        return False
    if len(spoken_of) == 1:
        read_back_withdrawal(turn, spoken_of[0].enrolment)
    else:
        choices = [
            Choice(f"{at}. {each.offer.title}", "cancel_booking", {"receipt_no": each.enrolment.receipt_no})
            for at, each in enumerate(spoken_of[:_SHOWN], 1)
        ]
        turn.say("which_class_to_withdraw", choices)
    return True


def tell_schedule(turn: Turn, person: Person) -> None:
    """Add to a schedule the classes that the person is in: all of them, or those that meet on the days asked about."""
    wanted = wanted_of(turn)
    start = max(wanted.start or turn.now, turn.now)
    lines = []
    for each in places.places_of(person.id, turn.now):
        meetings = each.offer.meetings(start, wanted.end)
        if not meetings:
            continue
        key = "class_schedule_line" if each.position is None else "class_schedule_waiting"
        day = day_words(meetings[0], local(turn.now).date())
        place, no = each.offer.place, each.enrolment.receipt_no
        words = {"title": each.offer.title, "hours": each.offer.hours, "place": place, "day": day}
        lines.append(phrase(key, **words, position=each.position, receipt_no=no))
    if lines:
        turn.say("class_schedule", lines="\n".join(lines))


def _is_course(topics: list[str]) -> bool:
    """Whether a course to be studied on one's own goes by one of these words."""
    return any(not linking.says_nothing(topic) and courses.search(topic)[0] for topic in topics)


def _class_rather(turn: Turn, found: list[Offer]) -> bool:
    """Whether these classes are meant rather than an activity of such a name: 国画班 is no exhibition."""
    activities = [listing.activity for listing in meant(turn, by_name_only=True)]
    if not activities:
        return True
    titles = [activity.title for activity in activities]
    if linking.mentions(turn.text, [offer.title for offer in found]):
        return not linking.mentions(turn.text, titles)
    return "班" in turn.text and not any(activity.kind in _TAUGHT for activity in activities)


def _activity_meant(turn: Turn) -> bool:
    return bool(meant(turn, by_name_only=True))


def _one_of(turn: Turn, person: Person, found: list[Offer]) -> None:
    if len(found) == 1:
        read_back(turn, person, found[0])
    else:
        _list(turn, "which_class_to_enrol", found, "book_activity")


def _list(turn: Turn, key: str, found: list[Offer], intent: str) -> None:
    shown = found[:_SHOWN]
    choices = [
        Choice(phrase("button_class", place=at, title=each.title, level=each.study_class.level), intent,
               {"class_id": each.id})
        for at, each in enumerate(shown, 1)
    ]  # fmt: skip
    lines = "\n".join(
        phrase("class_line", place=at, title=each.title, hours=each.hours, where=each.place)
        for at, each in enumerate(shown, 1)
    )
    rest = phrase("classes_rest", count=len(found) - _SHOWN) if len(found) > _SHOWN else ""
    turn.say(key, choices, lines=lines, rest=rest)
    turn.show("classes", [each.id for each in shown])


def _show(turn: Turn, offer: Offer) -> None:
    closed = offer.why_closed(turn.now)
    lines = [
        *classes.lines_of(offer, local(turn.now).date()),
        closed or phrase("class_open", closes=_closes(offer, turn)),
    ]
    choices = [] if closed else [Choice("报这个班", "book_activity", {"class_id": offer.id})]
    turn.say("class_detail", choices, title=offer.title, lines="\n".join(lines))
    turn.show("classes", [offer.id])


def _closes(offer: Offer, turn: Turn) -> str:
    last = offer.term.enrolment_closes_at - timedelta(minutes=1)
    return day_words(last, local(turn.now).date())
