"""How points are earned, when they lapse, what an hour counts: from the rules table."""

from __future__ import annotations

import re

from actions.handler import Handler
from actions.turn import Turn
from service import clock
from service.ledger import cycles, rules
from service.ledger.hours import hours_words
from service.ledger.rule_models import EarningRule
from service.ledger.rules import Rule
from service.wording import phrase

_LAPSE = re.compile(r"清零|过期|過期|作废|失效|到期|结转|年底|有效|明年|跨年|几时没|清空|清掉")
_HOURS = re.compile(r"小时|钟头|鐘頭|小時|时间银行|时间币|时长|工时")


class AskPointsRules(Handler):
    """Answers what was asked: how points are earned, when they lapse, or what an hour counts."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_points_rules"

    def handle(self, turn: Turn) -> None:
        """See Handler."""
        today = clock.local(turn.now).date()
        lapse = _lapse_words(today.year)
        if _LAPSE.search(turn.text):
            turn.say("points_rules_lapse", lapse=lapse)
        elif _HOURS.search(turn.text):
            rule = rules.rule_on(rules.VOLUNTEERING, today)
            hour = f"{rule_words(rule)}。" if rule else phrase("volunteering_earns_none")
            turn.say("points_rules_hours", hour=hour)
        else:
            lines = [rule_words(rule) for rule in rules.rules_on(today)]
            coming = [
                _coming_words(each, clock.day_words(each.valid_from, today))
                for each in rules.coming_rules(today)
            ]
            turn.say(
                "points_rules",
                lines="\n".join(lines) or phrase("rules_none"),
                coming="\n".join(coming) + "\n" if coming else "",
                lapse=lapse,
            )


def rule_words(rule: Rule | EarningRule) -> str:
    """A rule in plain words: 学完一课 2 分，一天最多 20 分."""
    hours = rule.what == rules.VOLUNTEERING
    words = phrase(f"earns_{rule.what}", points=rule.points, per=_span(rule.per) if hours else rule.per)
    if rule.per > 1 and not hours:
        words += phrase("earns_several", per=rule.per)
    if rule.daily_cap is not None:
        words += phrase("earns_daily", cap=rule.daily_cap)
    if rule.yearly_cap is not None:
        words += phrase("earns_yearly", cap=rule.yearly_cap)
    return words


def _span(minutes: int) -> str:
    return "小时" if minutes == 60 else hours_words(minutes)


def _coming_words(rule: EarningRule, day: str) -> str:
    if rule.points:
        return phrase("earns_from", day=day, rule=rule_words(rule))
    return phrase("earns_no_more_from", day=day, what=rule_words(rule).split(" ", 1)[0])


def _lapse_words(year: int) -> str:
    """What becomes of the year's points, as far as staff have decided it."""
    decided = cycles.rule_of(year)
    if decided is None:
        return phrase("lapse_not_decided", year=year)
    carry = decided.carry_up_to
    key = "lapse_carry_all" if carry is None else "lapse_carry_some" if carry else "lapse_all"
    return phrase(key, year=year, next_year=year + 1, carry=carry)
