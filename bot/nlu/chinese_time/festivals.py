"""Festivals, solar terms and lunar dates: 重阳节, 冬至, 农历九月初九, 腊月二十三, 正月."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from bot.nlu.chinese_time.lexicon import (
    FESTIVAL_OF_WORD,
    HOLIDAYS,
    PLACE_AFTER_FESTIVAL,
    PLACE_AFTER_NUMBER,
    SURNAMES,
    any_of,
)
from bot.nlu.chinese_time.lunar import (
    LAST_MONTH,
    lunar_day,
    lunar_month,
    lunar_months_from,
    lunar_new_years_eve,
    lunar_year_of,
    solar_term,
)
from bot.nlu.chinese_time.numerals import NUMBER, NUMERAL_CHARACTERS, number, year_number
from bot.nlu.chinese_time.spans import Context, Dates, Span, around, day_span, days_between
from bot.nlu.chinese_time.weeks import ordinal_weekday

_FESTIVAL = re.compile(any_of(FESTIVAL_OF_WORD) + PLACE_AFTER_FESTIVAL)
_NUMERIC = frozenset(
    ("三八", "五一", "五四", "六一", "七一", "八一", "十一", "三月三", "六月六", "二月二", "四月八", "九月九")
) | {"七月七", "七月十五", "八月十五", "正月十五"}
_NAMED_AFTER = re.compile(PLACE_AFTER_NUMBER)
_PLACE_NAMES = _NUMERIC | {"国庆", "端阳", "元旦"}
_NUMBER_AFTER = re.compile(
    r"[0-9零〇一二三四五六七八九十百千万点号日月个块元斤岁位名次分米公届年天楼组班人栋、.%]"
)
_NATIONAL_DAY_AFTER = re.compile(
    r"长假|假|黄金周|放假|期间|那|当天|[之以]?[前后]|[有去出回我要想能会办搞到是咱大家]|组织|活动|晚"
)
_NOT_A_DAY = re.compile(r"粥|蒜|馄饨|汤圆|好(?!多)|快乐|愉快|进步|大吉|大团圆")
_GREETED = frozenset(("新年", "过年", "腊八", "元宵"))
_HOLIDAY = re.compile(r"(?:小?长假|假期|期间|黄金周|那几天)(?!前|后|之|以)")

_MARK = r"(?:农历|阴历|古历|旧历|老历|夏历)"
_UNITS = "[一二三四五六七八九]"
_DAY = rf"初[一二三四五六七八九十]|(?:二?十|廿)(?:{_UNITS}|(?!{_UNITS}))|三十|卅"
_LUNAR = re.compile(
    rf"(?P<mark>{_MARK})?的?(?:(?P<year>(?:19|20)\d\d|[一二][零〇一二三四五六七八九]{{3}})年)?的?"
    rf"(?P<leap>闰)?(?P<month>正|冬|腊|{NUMBER})月份?"
    rf"(?:的?(?P<day>{_DAY}|\d{{1,2}}(?=[号日]?)|[一二三四五六七八九](?![个点月]))[号日]?)?"
)
_LUNAR_DAY = re.compile(
    rf"(?P<mark>{_MARK})?的?(?P<day>{_DAY})(?(mark)[号日]?|(?![号日月点个班级学生中数英语毕步次块元岁斤]))"
)
_NEW_YEAR_DAY = re.compile(r"(?:大年|年)(?P<day>初[一二三四五六七八九十])")
_THE_YEAR = re.compile(r"年(?=[前后](?![天面半]))")  # 年前, 年后: the new year by the lunar calendar
_BEFORE_DAY = re.compile(r"(?:[最起当年上读念升]|(?<!每)(?<!个)月)$")
_ONLY_LUNAR = ("初", "廿", "卅")
_MONTHS = {"正": 1, "冬": 11, "腊": 12}


def read_festival(text: str, at: int, ctx: Context, year: int | None, relative: bool) -> Dates | None:
    """Read a festival or a solar term at `at`, or return None."""
    if found := _NEW_YEAR_DAY.match(text, at):
        nth = number(found["day"][1:]) or 1
        return _dated(found.end(), ctx, year, lambda y: lunar_day(y, 1, nth))
    if found := _THE_YEAR.match(text, at):
        return _dated(found.end(), ctx, None, lambda y: lunar_day(y, 1, 1)) if year is None else None
    found = _FESTIVAL.match(text, at)
    if not found or _means_something_else(text, found):
        return None
    rule = FESTIVAL_OF_WORD[found.group()]
    if year is not None and rule[0] in ("lunar", "eve") and (rule[0] == "eve" or rule[1] == LAST_MONTH):
        year = _lunar_year(ctx, year) if relative else year - 1  # 2026年除夕 falls in 2026
    read = _dated(found.end(), ctx, year, lambda y: festival_day(rule, y))
    holiday = _HOLIDAY.match(text, found.end())
    if holiday and rule in HOLIDAYS:
        before, after = HOLIDAYS[rule]
        options = tuple(around(span, before, after) for span in read.options)
        return Dates(holiday.end(), options)
    return read


def festival_day(rule: tuple[str, int, int] | tuple[str, str], year: int) -> date | None:
    """Return the day of a festival in a year: the solar year, or for lunar rules the lunar one."""
    kind = rule[0]
    if kind == "solar":
        return date(year, *rule[1:])
    if kind == "lunar":
        return lunar_day(year, *rule[1:])
    if kind == "eve":
        return lunar_new_years_eve(year)
    if kind == "term":
        return solar_term(year, str(rule[1]))
    month, weekday, which = map(int, str(rule[1]).split())
    return ordinal_weekday(year, month, which, weekday).start.date()


def _means_something_else(text: str, found: re.Match[str]) -> bool:
    word, before, after = found.group(), text[max(0, found.start() - 1) : found.start()], found.end()
    counted = before in NUMERAL_CHARACTERS or before in ("第", ".", ":") or _NUMBER_AFTER.match(text, after)
    if word in _NUMERIC and counted:
        return True
    if word in _PLACE_NAMES and _NAMED_AFTER.match(text, after):
        return True
    if word == "十一" and not _NATIONAL_DAY_AFTER.match(text, after):
        return True
    if word in _GREETED and _NOT_A_DAY.match(text, after):
        return True
    if FESTIVAL_OF_WORD[word][0] == "term" and text.startswith("生", after):  # 谷雨生 is a person
        return True
    if word == "元宵" and before and before in "吃包煮做滚买卖的个碗":
        return True
    if word in ("小年", "年夜") and text[after : after + 1] in tuple("轻青纪级饭"):
        return True
    return len(word) == 2 and word[1] not in "节一" and before in SURNAMES and before != ""


def _dated(end: int, ctx: Context, year: int | None, day_in: Callable[[int], date | None]) -> Dates:
    years = range(ctx.base.year - 1, ctx.base.year + 3) if year is None else (year,)
    return Dates(end, tuple(day_span(day) for y in years if (day := day_in(y))))


def _lunar_year(ctx: Context, year: int) -> int:
    """Return the lunar year of 今年腊月: until the new year it is still last year's."""
    return lunar_year_of(ctx.now.date()) + year - ctx.now.year


def read_lunar(text: str, at: int, ctx: Context, year: int | None, relative: bool) -> Dates | None:
    """Read a lunar month or day at `at`, or return None.

    Without 农历 before it, it must show by its words: 腊月, 初五, 廿三.
    """
    found = _LUNAR.match(text, at)
    if found and (
        found["mark"]
        or found["leap"]
        or found["month"] in _MONTHS
        or (found["day"] or "").startswith(_ONLY_LUNAR)
    ):
        return _read_lunar_month(found, ctx, year, relative)
    if (found := _LUNAR_DAY.match(text, at)) and (found["mark"] or found["day"].startswith(("初", "廿"))):
        if not found["mark"] and _BEFORE_DAY.search(text[max(0, at - 2) : at]):
            return None
        day = _day_number(found["day"])
        months = lunar_months_from(ctx.base.date())
        days = (lunar_day(y, month, day or 0, leap) for y, month, leap in months)
        return Dates(found.end(), tuple(day_span(each) for each in days if each))
    return None


def _read_lunar_month(found: re.Match[str], ctx: Context, year: int | None, relative: bool) -> Dates:
    month = _MONTHS.get(found["month"]) or number(found["month"]) or 0
    leap = bool(found["leap"])
    if found["year"]:
        year = year_number(found["year"])
    elif year is not None and relative and month == LAST_MONTH:
        year = _lunar_year(ctx, year)
    # A leap month may be nineteen years away.
    years = range(ctx.base.year - 1, ctx.base.year + (20 if leap else 3)) if year is None else (year,)
    options: list[Span] = []
    for y in years:
        if found["day"]:
            day = lunar_day(y, month, _day_number(found["day"]) or 0, leap)
            options += [day_span(day)] if day else []
        elif span := lunar_month(y, month, leap):
            options.append(days_between(*span)._replace(grain="month"))
    return Dates(found.end(), tuple(options))


def _day_number(text: str) -> int | None:
    return number(text.removeprefix("初"))
