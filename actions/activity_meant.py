"""Which activity a message means: by button, by place in a list, by words, or the one just spoken about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from actions.turn import Turn
from service import clock
from service.activities.listing import Listing, get_listing
from service.activities.search import Wanted, named
from service.errors import NotFound, Refusal
from service.ordinals import place_of

# People say three o'clock for what begins at half past two.
_AROUND = timedelta(hours=1)
_LONGEST_LIST = 99
# 最近 and 今年 say no more than "not long ago, not far off".
_VAGUE = timedelta(days=40)


class NoSuchPlaceInList(Refusal):
    """The list just shown is shorter than the number said, or none was shown."""

    code = "no_such_place_in_list"


def wanted_of(turn: Turn) -> Wanted:
    """What the message asks for, in the terms of a search; times gone by or vague do not narrow."""
    topics, place = tuple(turn.entities("topic")), turn.entity("place")
    for time in _times(turn):
        start = clock.parse(time["start"])
        end = clock.parse(time["end"]) if time.get("end") else start + timedelta(days=1)
        if end <= turn.now or (start <= turn.now and end - start > _VAGUE):
            continue
        exact = start if start == end else None
        if time.get("grain") in ("hour", "minute"):
            start, end = start - _AROUND, end + _AROUND
        return Wanted(topics, place, start, end, turn.text, exact)
    return Wanted(topics, place, sentence=turn.text)


def _times(turn: Turn) -> list[dict[str, Any]]:
    """The times of the message that say when; one that recurs does not name a day."""
    found = (e.get("resolved") for e in turn.message.get("entities") or [] if e["entity"] == "time")
    return [time for time in found if time and time.get("start") and not time.get("rrule")]


def meant(turn: Turn, *, by_name_only: bool = False) -> list[Listing]:
    """The activities the message can mean; none when it names nothing that there is.

    Args:
        by_name_only: not the one just spoken about when nothing else is said.

    Raises:
        NotFound: a button's activity is not shown to this person.
        NoSuchPlaceInList: 第八个 of five.
    """
    if (pressed := turn.entity("activity_id")) is not None:
        return [_get(turn, int(pressed))]
    if (chosen := turn.chosen("activities")) is not None:
        return [_get(turn, int(chosen))]
    wanted = wanted_of(turn)
    ordinal = turn.entity("ordinal")
    if ordinal is not None and not wanted.narrows and place_of(ordinal, _LONGEST_LIST) is not None:
        raise NoSuchPlaceInList()
    found = named(wanted, turn.person, turn.now)
    recent = _recent(turn)
    if recent is None:
        return found
    if not found:
        return [] if wanted.narrows or by_name_only else [recent]
    unbound = wanted.start is None and wanted.place is None
    return [recent] if unbound and recent.id in {each.id for each in found} else found


def _recent(turn: Turn) -> Listing | None:
    """The activity last spoken about, if it is still shown to whoever speaks now."""
    activity_id = turn.slot("activity")
    try:
        return None if activity_id is None else _get(turn, int(activity_id))
    except NotFound:
        return None


def _get(turn: Turn, activity_id: int) -> Listing:
    return get_listing(activity_id, stranger=turn.person is None)
