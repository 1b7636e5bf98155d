"""Times counted from now: 三天后, 半个月后, 两个小时后, 一周内, 最近, 这几天, 未来三天."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot.nlu.chinese_time.numerals import NUMBER, number
from bot.nlu.chinese_time.spans import Context, Dates, Span, add_months, day_span, days_between, year_span

_COUNT = rf"(?P<count>半|{NUMBER})(?P<more>个半)?(?:多)?"
_UNIT = r"个?(?P<unit>天|日|周|星期|礼拜|月|年|小时|钟头|分钟|刻钟)(?P<half>半)?"
_AFTER = r"(?:以后|之后|过后|后(?![悔勤面台续院代人果天日边遗]))"
_BEFORE = r"(?:以前|之前|前(?![列线台门景途锋排任面往来进天]))"
_WITHIN = r"(?:以内|之内|内(?![容部科裤衣心蒙地外]))"
_OFFSET = re.compile(
    rf"(?P<past>再过|(?<![^，。、,\s等我就要得想还您你们那咱先])过)?{_COUNT}{_UNIT}(?:的?时间)?(?:(?P<after>{_AFTER})|(?P<before>{_BEFORE})|(?P<within>{_WITHIN}))?"
)
_STRETCH = re.compile(
    r"(?:(?P<back>最近|过去|近)|(?P<ahead>未来|今后|接下来|往后|将来))(?:的|这)?"
    rf"(?P<count>半|{NUMBER})个?(?P<unit>天|日|周|星期|礼拜|月|年)(?:以来|来|内|里)?"
)
_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7}
_MINUTES = {"小时": 60, "钟头": 60, "分钟": 1, "刻钟": 15}

_NEAREST = (  # 最近的医院 is the nearest, 最近三次 the last three
    r"(?!的?(?:社区|医院|站|地方|网点|路|那|点|老年|银行|超市|食堂|公交|地铁|派出所|服务"
    r"|[一二两三四五六七八九十几0-9]+[个家所次条笔回场]))"
)
_RECENT = (
    rf"(?<!离我)(?<!离家)最近(?:几天|这几天|这段时间|一段时间|这阵子)?{_NEAREST}"
    r"|近期|近几天|近日|近来|近段时间|这段时间|这阵子?|这一阵子?|这段日子|这一段"
)

# Vague words, as days from today: from the first, up to but not including the second. 最近 looks both ways,
# since 最近有什么活动 asks about what comes and 最近的通知 about what came.
_VAGUE: tuple[tuple[str, int, int], ...] = (
    (_RECENT, -30, 31),
    (r"这两[天日]", -1, 2),
    (r"这两(?:周|个?星期|个?礼拜)", 0, 14),
    (r"这[几些][天日]", -3, 4),
    (r"前[几些][天日]子?|前阵子|前段时间|前一阵子?|前一段时间|头几天", -7, 0),
    (r"前两[天日]|头两天", -2, 0),
    (r"(?:再?过)[几些][天日]|[几]天[之以]?后", 1, 8),
    (r"今明(?:两[天日]|天)|今天明天", 0, 2),
    (r"明后(?:两?天|两日)|明天后天", 1, 3),
)
_VAGUE_WORDS = [(re.compile(pattern), first, after) for pattern, first, after in _VAGUE]


def read_offset(text: str, at: int, ctx: Context) -> Dates | None:
    """Read a time counted from now at `at`, or return None; a mere length (三个小时) is none."""
    if found := _STRETCH.match(text, at):
        return _read_stretch(found, ctx.now.date())
    if found := _OFFSET.match(text, at):
        return _read_offset(found, ctx.now)
    for pattern, first, after in _VAGUE_WORDS:
        if found := pattern.match(text, at):
            today = ctx.now.date()
            return Dates(
                found.end(), (days_between(today + timedelta(days=first), today + timedelta(days=after)),)
            )
    return None


def _read_offset(found: re.Match[str], now: datetime) -> Dates | None:
    if not (found["past"] or found["after"] or found["before"] or found["within"]):
        return None
    amount = _amount(found["count"], bool(found["more"] or found["half"]))
    unit = found["unit"]
    if unit == "月" and "个" not in found.group():
        return None  # 三月后 is after March
    if unit == "日" and found["before"] and not found["count"].isdecimal():
        return None
    if amount is None or (unit in ("天", "日") and amount % 1):
        return Dates(found.end(), ()) if found["count"] != "半" else None
    end = _move(now, -amount if found["before"] else amount, unit)
    if found["within"]:
        if unit in _MINUTES:
            return Dates(found.end(), (Span(_minute(now), end.start, "minute"),))
        return Dates(found.end(), (days_between(now.date(), _day_after(now.date(), amount, unit)),))
    return Dates(found.end(), (end,))


def _amount(count: str, and_half: bool) -> float | None:
    if count == "半":
        return 0.5
    value = number(count)
    return value + 0.5 if value is not None and and_half else value


def _move(now: datetime, amount: float, unit: str) -> Span:
    """Return the minute, the day, or for whole years the year, that is `amount` units from now."""
    if unit in _MINUTES:
        moment = _minute(now) + timedelta(minutes=amount * _MINUTES[unit])
        return Span(moment, moment, "minute")
    if unit == "年" and amount % 1 == 0:
        return year_span(now.year + int(amount))
    return day_span(_shift(now.date(), amount, unit))


def _shift(day: date, amount: float, unit: str) -> date:
    if unit in _DAYS:
        return day + timedelta(days=int(amount * _DAYS[unit]))
    months = amount * (12 if unit == "年" else 1)
    whole = int(months)
    return add_months(day, whole) + timedelta(days=int((months - whole) * 30))  # half a month is fifteen days


def _day_after(day: date, amount: float, unit: str) -> date:
    return _shift(day, amount, unit) + timedelta(days=1)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _read_stretch(found: re.Match[str], today: date) -> Dates:
    """Read 最近三天 (up to today) and 未来三天 (from tomorrow)."""
    amount = _amount(found["count"], False)
    if amount is None or ((unit := found["unit"]) in ("天", "日") and amount % 1):
        return Dates(found.end(), ())
    tomorrow = today + timedelta(days=1)
    if found["back"]:
        return Dates(found.end(), (days_between(_shift(tomorrow, -amount, unit), tomorrow),))
    return Dates(found.end(), (days_between(tomorrow, _shift(tomorrow, amount, unit)),))
