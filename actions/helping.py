"""The time bank's requests: finding one to help with, taking it on, dropping it, and saying that it was done."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from actions.turn import Choice, Turn
from service import clock
from service.ledger.hours import hours_words
from service.organisations.queries import office_phone
from service.people import queries as people
from service.people.models import Person
from service.timebank import asking, helping, queries
from service.timebank.models import HelpRequest
from service.timebank.queries import Asked
from service.wording import phrase

_LOOKS = re.compile(r"时间银行|時間銀行|求助|互助|谁.{0,4}(?:要|需要|等).{0,2}帮|需要帮忙的")
_WILL = re.compile(r"我来|我去|我帮|认领|接这个|帮这个|帮他|帮她|这个忙")
_DONE = re.compile(r"帮完了|帮好了|帮过了|做完了|办完了|帮忙完成|确认完成|完成了|都帮完")
_PROBLEM = re.compile(r"没帮成|没来|没有来|没去成|有问题|没做完|没帮完|不对头|放了?鸽子")
_DROPS = re.compile(r"求助|帮忙|时间银行|互助|不去帮|帮不了|去不了|让给")
_CALLS_OFF = re.compile(r"取消|撤[销回]")
_KINDS_OF_DROPPING = {"cancel_booking", "cancel", "deny"}
_KINDS_OF_LOOKING = {"find_activity", "book_activity", "register_skill"}


def take(turn: Turn) -> bool:
    """What concerns a request of the time bank, by button or in words that were understood as something else."""
    if number := turn.entity("help_done"):
        _confirm(turn, number)
    elif number := turn.entity("help_problem"):
        _read_back_problem(turn, queries.get(number))
    elif number := turn.entity("help"):
        return _pressed(turn, number)
    elif turn.person is None or (turn.is_press and turn.intent != "track_matter"):
        return False
    else:
        return _said(turn, turn.person)
    return True


def _pressed(turn: Turn, number: str) -> bool:
    if number == "list":
        _show(turn)
    elif turn.intent == "cancel_booking":
        _read_back_drop(turn, queries.get(number))
    elif turn.intent == "book_activity":
        _read_back_claim(turn, queries.get(number))
    else:
        return False
    return True


def _said(turn: Turn, person: Person) -> bool:
    kind = (turn.slot("shown") or {}).get("kind")
    if (
        turn.intent == "book_activity"
        and kind == "help"
        and (turn.entity("ordinal") or _WILL.search(turn.text))
    ):
        _claim_shown(turn)
    elif turn.intent in _KINDS_OF_LOOKING and _LOOKS.search(turn.text):
        _show(turn)
    elif turn.intent == "track_matter" and (mine := _tracked(turn, person)) is not None:
        tell(turn, mine)
    elif _DONE.search(turn.text) and (begun := _begun(turn, person)):
        _choose(turn, begun, _done_choice, lambda each: _confirm(turn, each.request.receipt_no))
    elif _PROBLEM.search(turn.text) and (begun := _begun(turn, person)):
        _choose(turn, begun, _problem_choice, lambda each: _read_back_problem(turn, each))
    elif (turn.intent in _KINDS_OF_DROPPING or _CALLS_OFF.search(turn.text)) and _DROPS.search(turn.text):
        return _drop_said(turn, person)
    else:
        return False
    return True


def _show(turn: Turn) -> None:
    found = queries.open_for(turn.require_person(), turn.now)
    if not found:
        turn.say("help_list_none")
        return
    today = clock.local(turn.now).date()
    lines = [
        phrase(
            "help_line",
            number=number,
            asker=each.asker.name[:1],
            what=each.request.what,
            when=clock.moment_words(each.request.starts_at, today),
            hours=hours_words(each.request.minutes),
        )
        for number, each in enumerate(found, 1)
    ]
    buttons = [
        Choice(
            phrase("button_help", number=number, day=clock.day_words(each.request.starts_at)),
            "book_activity",
            {"help": each.request.receipt_no},
        )
        for number, each in enumerate(found, 1)
    ]
    turn.say("help_list", buttons, count=len(found), lines="\n".join(lines))
    turn.show("help", [each.request.receipt_no for each in found])


def _claim_shown(turn: Turn) -> None:
    chosen = turn.chosen("help")
    ids = (turn.slot("shown") or {})["ids"]
    if turn.points_outside("help"):
        turn.say_outside()
    elif chosen is not None or len(ids) == 1:
        _read_back_claim(turn, queries.get(str(chosen or ids[0])))
    else:
        _show(turn)


def _read_back_claim(turn: Turn, asked: Asked) -> None:
    helping.check_claim(turn.require_person(), asked.request, turn.now)
    turn.confirm(
        "claim_help",
        "help_claim_read_back",
        {"receipt_no": asked.request.receipt_no},
        asker=asked.asker.name[:1],
        **_words(turn, asked.request),
    )


def _claim(turn: Turn, details: dict[str, Any]) -> None:
    asked = helping.claim(turn.require_person(), details["receipt_no"], turn.now)
    asker = people.get(asked.person_id)
    turn.say(
        "help_claimed_by_you",
        receipt_no=asked.receipt_no,
        asker=asker.name,
        phone=_phone(asker),
        **_words(turn, asked),
    )


def _read_back_drop(turn: Turn, asked: Asked) -> None:
    own = asked.request.person_id == turn.require_person().id
    key = "help_cancel_read_back" if own else "help_give_back_read_back"
    number = asked.request.receipt_no
    turn.confirm("drop_help", key, {"receipt_no": number}, receipt_no=number, **_words(turn, asked.request))


def _drop(turn: Turn, details: dict[str, Any]) -> None:
    person, asked = turn.require_person(), queries.get(details["receipt_no"])
    number = asked.request.receipt_no
    if asked.request.person_id == person.id:
        asking.cancel_request(person, number, turn.now)
        turn.say("help_cancelled", receipt_no=number, hours=hours_words(asked.request.minutes))
    else:
        helping.give_back(person, number, turn.now)
        turn.say("help_handed_back", receipt_no=number, asker=asked.asker.name)


def _drop_said(turn: Turn, person: Person) -> bool:
    live = [
        each
        for each in queries.of_person(person.id, "open", "claimed")
        if each.request.state == "open" or each.request.starts_at > turn.now
    ]
    if not live:
        return False
    _choose(turn, live, _drop_choice, lambda each: _read_back_drop(turn, each))
    return True


def _confirm(turn: Turn, number: str) -> None:
    person = turn.require_person()
    asked = helping.confirm(person, number, turn.now)
    names = {one: people.get(one).name for one in (asked.person_id, asked.helper_id) if one is not None}
    said = {"receipt_no": number, "hours": hours_words(asked.minutes)}
    if asked.state == "done":
        turn.say("help_settled_by_you", helper=names[asked.helper_id or 0], **said)
    else:
        (other,) = (name for one, name in names.items() if one != person.id)
        turn.say("help_confirmed_by_you", other=other, **said)


def _read_back_problem(turn: Turn, asked: Asked) -> None:
    turn.require_person()
    number = asked.request.receipt_no
    words = phrase("button_help_problem") if turn.is_press else turn.text
    details = {"receipt_no": number, "words": words}
    turn.confirm(
        "dispute_help", "help_problem_read_back", details, what=asked.request.what, receipt_no=number
    )


def _dispute(turn: Turn, details: dict[str, Any]) -> None:
    asked = helping.dispute(turn.require_person(), details["receipt_no"], details["words"], turn.now)
    turn.say("help_problem_noted", receipt_no=asked.receipt_no)


def _begun(turn: Turn, person: Person) -> list[Asked]:
    """What the person has a part in, that has begun and is not settled."""
    return [each for each in queries.of_person(person.id, "claimed") if each.request.starts_at <= turn.now]


def _tracked(turn: Turn, person: Person) -> Asked | None:
    """The request of the person's that a question how far it has got is about."""
    number = turn.entity("matter_no") or (turn.chosen("matters") if turn.entity("ordinal") else None)
    mine = queries.of_person(person.id, "open", "claimed", "done", "disputed", "cancelled", "lapsed")
    if number is not None:
        return next((each for each in mine if each.request.receipt_no == str(number).upper()), None)
    return mine[0] if mine and re.search(r"求助|帮忙|认领|互助", turn.text) else None


def tell(turn: Turn, asked: Asked) -> None:
    """How a request stands, with what can be done about it."""
    person, it = turn.require_person(), asked.request
    own, now = it.person_id == person.id, turn.now
    who, buttons = "", []
    if it.state == "claimed" and it.helper_id is not None:
        other = people.get(it.helper_id if own else it.person_id)
        key = "help_who_helper" if own else "help_who_asker"
        who = phrase(key, name=other.name, phone=_phone(other))
    if it.state == "claimed" and it.starts_at <= now:
        buttons = [
            _done_choice(asked, phrase("button_help_done")),
            _problem_choice(asked, phrase("button_help_problem")),
        ]
    elif it.state in ("open", "claimed"):
        buttons = [_drop_choice(asked, phrase("button_help_cancel" if own else "button_help_give_back"))]
    how = asking.IN_WORDS[it.state]
    turn.say("help_detail", buttons, how=how, who=who, receipt_no=it.receipt_no, **_words(turn, it))


def _choose(
    turn: Turn, found: list[Asked], choice: Callable[[Asked, str], Choice], act: Callable[[Asked], None]
) -> None:
    """Act on the only one, or ask which."""
    if len(found) == 1:
        act(found[0])
        return
    buttons = []
    for number, each in enumerate(found[:5], 1):
        day = clock.day_words(each.request.starts_at)
        title = phrase("button_which_help", number=number, what=each.request.what[:4], day=day[:-4])
        buttons.append(choice(each, title))
    turn.say("which_help", buttons)


def _done_choice(asked: Asked, title: str) -> Choice:
    return Choice(title, "request_service", {"help_done": asked.request.receipt_no})


def _problem_choice(asked: Asked, title: str) -> Choice:
    return Choice(title, "request_service", {"help_problem": asked.request.receipt_no})


def _drop_choice(asked: Asked, title: str) -> Choice:
    return Choice(title, "cancel_booking", {"help": asked.request.receipt_no})


def _words(turn: Turn, asked: HelpRequest) -> dict[str, str]:
    when = clock.moment_words(asked.starts_at, clock.local(turn.now).date())
    return {"what": asked.what, "when": when, "hours": hours_words(asked.minutes)}


def _phone(person: Person) -> str:
    return queries.phone_of(person.id) or phrase("phone_unknown", office=office_phone())


ACTS: dict[str, Callable[[Turn, dict[str, Any]], None]] = {
    "claim_help": _claim,
    "drop_help": _drop,
    "dispute_help": _dispute,
}
