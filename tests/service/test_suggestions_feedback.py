"""A rating once, and once more because it is not solved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.errors import NotFound
from service.suggestions.feedback import can_reopen, rate, reopen, waiting_for_rating
from service.suggestions.path import decide, forward, start
from service.suggestions.refusals import AlreadyRated, AlreadyReopened, NotRateable, ReasonNeeded
from service.suggestions.replying import draft_reply, publish_reply
from service.suggestions.states import ADOPTED, MoveNotAllowed
from tests.service.suggestion_world import (
    DUE,
    NOW,
    alerts,
    answered,
    desk,
    hand_in,
    person,
    suggestion,
    told,
)

pytestmark = pytest.mark.usefixtures("database")


def test_an_answer_is_rated_once() -> None:
    (tian, unit), he = desk(), person("何长根")
    number = hand_in(he)
    with pytest.raises(NotRateable):
        rate(he, number, 5, NOW)
    assert waiting_for_rating(he) is None
    answered(number, tian, unit)
    assert waiting_for_rating(he) == number
    with pytest.raises(NotFound):
        rate(person("吕静安"), number, 1, NOW)

    rate(he, number, 4, NOW)
    rate(he, number, 4, NOW)
    with pytest.raises(AlreadyRated):
        rate(he, number, 1, NOW)

    assert suggestion(number).rating == 4
    assert waiting_for_rating(he) is None
    with pytest.raises(ValueError, match="1 to 5"):
        rate(he, number, 6, NOW)


def test_it_is_reopened_once_with_a_reason_and_then_closed_for_good() -> None:
    """The bench came, but without a rest for the arms."""
    (tian, unit), he = desk(), person("何长根")
    number = hand_in(he)
    with pytest.raises(MoveNotAllowed):
        reopen(he, number, "没装", NOW)
    answered(number, tian, unit)
    decide(number, ADOPTED, NOW, staff=tian)
    with pytest.raises(ReasonNeeded):
        reopen(he, number, " ", NOW)
    with pytest.raises(NotFound):
        reopen(person("吕静安"), number, "没装", NOW)

    reopen(he, number, "没有扶手", NOW)
    reopen(he, number, "没有扶手", NOW)

    assert (suggestion(number).state, suggestion(number).due_on) == ("重新办理", None)
    (alert,) = alerts()
    assert "没有扶手" in alert
    before = len(told(he.id))
    later = NOW + timedelta(days=1)
    forward(number, unit, DUE, later, staff=tian)
    start(number, later, staff=tian)
    draft_reply(number, "扶手补上了。", later, staff=tian)
    publish_reply(number, later, staff=tian)
    assert len(told(he.id)) == before + 3
    assert "扶手补上了" in told(he.id)[-1]
    assert not can_reopen(suggestion(number))
    with pytest.raises(AlreadyReopened):
        reopen(he, number, "还是不行", later)
