"""The rules table: what earns how much on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import yaml
from sqlalchemy import select

from service.clock import local
from service.db import reading, unit_of_work
from service.ledger.rule_models import EarningRule, earning_rules

VOLUNTEERING = "volunteer_hour"
CODES = (
    "activity_attended",
    VOLUNTEERING,
    "lesson_finished",
    "quiz_passed",
    "suggestion_accepted",
    "suggestion_adopted",
)
_STANDARD = Path(__file__).with_name("rules.yml")


@dataclass(frozen=True)
class Rule:
    """A rule as it is in force: `points` for each `per` units, at most the caps; `since` None for the standard one."""

    what: str
    points: int
    per: int
    daily_cap: int | None = None
    yearly_cap: int | None = None
    since: date | None = None


@lru_cache(maxsize=1)
def standard() -> dict[str, Rule]:
    """The rules that are in force until staff make others."""
    given = yaml.safe_load(_STANDARD.read_text(encoding="utf-8"))
    return {what: Rule(what, **given[what]) for what in CODES}


def rule_on(what: str, day: date) -> Rule | None:
    """The rule in force on a day; None when nothing is earned by it.

    Args:
        what: one of CODES; day: in Asia/Shanghai.
    """
    with reading() as session:
        query = (
            select(EarningRule)
            .where(earning_rules.c.what == what, earning_rules.c.valid_from <= day)
            .order_by(earning_rules.c.valid_from.desc(), earning_rules.c.id.desc())
            .limit(1)
        )
        made = session.execute(query).scalars().first()
    if made is None:
        return standard().get(what)
    if made.points == 0:
        return None
    return Rule(made.what, made.points, made.per, made.daily_cap, made.yearly_cap, made.valid_from)


def rules_on(day: date) -> list[Rule]:
    """Every rule in force on a day, in the order of CODES."""
    found = (rule_on(what, day) for what in CODES)
    return [rule for rule in found if rule is not None]


def coming_rules(day: date) -> list[EarningRule]:
    """The changes that come into force after a day, the soonest first."""
    with reading() as session:
        query = select(EarningRule).where(earning_rules.c.valid_from > day)
        return list(session.execute(query.order_by(earning_rules.c.valid_from, earning_rules.c.id)).scalars())


def set_rule(
    what: str,
    points: int,
    now: datetime,
    *,
    per: int | None = None,
    daily_cap: int | None = None,
    yearly_cap: int | None = None,
    valid_from: date | None = None,
    staff_id: int | None = None,
) -> EarningRule:
    """Let a rule be in force from a day on; earlier days keep the one they had.

    Args:
        points: for each `per` units; 0 ends the earning.
        per: units, the standard rule's by default: 60 minutes of service, once of all else.
        valid_from: the first day, today by default.

    Raises:
        ValueError: nothing is called `what`, a number is below zero, or the day is past.
    """
    if what not in CODES:
        raise ValueError(f"{what} is not one of {', '.join(CODES)}")
    per = standard()[what].per if per is None else per
    if points < 0 or per < 1 or min(daily_cap or 0, yearly_cap or 0) < 0:
        raise ValueError("points and caps are not below zero, and units are at least one")
    today = local(now).date()
    since = valid_from or today
    if since < today:
        raise ValueError("what was earned already keeps its rule: a rule begins today or later")
    with unit_of_work() as session:
        rule = EarningRule(what, points, per, since, now, daily_cap, yearly_cap, staff_id)
        session.add(rule)
        session.flush()
        return rule
