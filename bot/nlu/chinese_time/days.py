"""Days of the calendar: 明天, 5号, 十二月五号, 下个月15号, 月底, 去年, 2026-12-05."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.nlu.chinese_time.festivals import read_festival, read_lunar
from bot.nlu.chinese_time.hours import TO
from bot.nlu.chinese_time.lexicon import DAY_OFFSETS, RELATIVE_YEARS, SHIFTS, any_of
from bot.nlu.chinese_time.numerals import NUMBER, number, year_number
from bot.nlu.chinese_time.spans import (
    Context,
    Dates,
    Span,
    day_span,
    days_between,
    month_day,
    month_span,
    month_start,
    year_span,
)
from bot.nlu.chinese_time.weeks import ordinal_weekday, read_ordinal_weekday

_DYNASTY = r"(?![的历皇末初代那时人史廷太宗])"
_RELATIVE = re.compile(rf"{any_of(DAY_OFFSETS)}(?<!明朝)(?!(?<=前儿)[媳子童女])|明朝{_DYNASTY}")
_CONTRACTED = re.compile(
    r"(?P<day>[今明昨后前])(?:个)?(?=[早晚晨夜](?![点会饭餐些年]))|(?P<noon>[今明])(?=晌午|中午|下午|上午)"
)
_CONTRACTED_OFFSETS = {"前": -2, "昨": -1, "今": 0, "明": 1, "后": 2}
_ISO = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<mark>[-./])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?![\d-])"
)
_DIGIT = "[零〇一二三四五六七八九]"
_YEAR = re.compile(
    rf"(?P<year>(?:19|20)\d\d|[一二]{_DIGIT}{{3}})年(?![级届])|(?P<short>\d\d)年(?=\d{{1,2}}月)"
)
_RELATIVE_YEAR = re.compile(any_of(RELATIVE_YEARS) + "(?!纪)")
_HOUSE = (  # 号 in addresses and names of things rather than in dates
    r"(?![楼栋幢线信门院桶桌厅房间室机柜车床井路亭台站馆店铺厂仓区场坑口文选手窗码灯杆箱座位案令员"
    r"单元电池会议公告技师候选评展岗点]|[，,]?我?改?投|各?一?票|的票)"
)
_MONTH = re.compile(
    rf"(?P<month>元(?=月)|{NUMBER})(?:{TO}(?P<until>{NUMBER}))?月(?:份)?(?![饼龄革])(?!一[次回趟])"
)
_SHIFTED_MONTH = re.compile(rf"(?P<shift>{any_of(SHIFTS)})个?(?:月(?:份)?(?![饼龄])|号头)")
_SHIFTED_QUARTER = re.compile(rf"(?P<shift>{any_of(SHIFTS)})个?季度")
_NOT_A_DATE = "[游内后前之以间报元常子三本语出历程]"  # 一日游, 三日内, 日报, 一日三餐
_DAY_MARK = rf"(?:号{_HOUSE}|日(?!{_NOT_A_DATE}))"
_UNTIL = rf"(?:(?:号|日)?{TO}(?P<until>{NUMBER}))?"
_DAY = re.compile(rf"(?:的|\s)?(?P<day>{NUMBER}){_UNTIL}{_DAY_MARK}")
_DAY_UNMARKED = re.compile(  # 12月5, 三月十二
    r"(?P<day>\d{1,2}|[一二]?十[一二三四五六七八九]?|三十一?)"
    r"(?![\d个块点元位名斤万亿来多几年月日岁次人度]|:\d)"
)
_BARE_DAY = re.compile(rf"(?P<day>{NUMBER}){_UNTIL}{_DAY_MARK}(?<![一二三四五六七八九]日)")
_BARE_SHORT_DAY = re.compile(r"(?P<day>[一二三四五六七八九])日(?=[上下中晚早凌傍])")
_NOT_LUNAR = "(?![一二三四五六七八九十])"  # 初 is the beginning, except in 初一
_PART_OF_MONTH = re.compile(
    rf"的?(?:(?P<early>初{_NOT_LUNAR}|头)|(?P<middle>中(?!旬|秋))|(?P<late>底|末|尾)|(?P<ten>[上中下])旬)"
)
_BARE_PART_OF_MONTH = re.compile(
    r"月(?=[初头中底末尾])(?!末考|头条|中心|初[一二三四五六七八九十])|(?=[上中下]旬)"
)
_SEASON = "[春夏秋冬][天季](?!班)|开春"
_PART_OF_YEAR = re.compile(
    rf"的?(?:(?P<early>年?初{_NOT_LUNAR}|年头)|(?P<middle>年中)|(?P<late>年?[底末](?!考)|年尾)"
    rf"|(?P<half>[上下])半年|(?P<season>{_SEASON})|第?(?P<quarter>[一二三四1-4])季度"
    r"|(?P<summer>暑假)|(?P<winter>寒假))"
)
_BARE_PART_OF_YEAR = re.compile(
    rf"(?=年[初中底末尾])(?!年中国)|(?=[上下]半年|第?[一二三四1-4]季度|暑假|寒假|{_SEASON})"
)
_SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12, "开": 3}  # the first of the season's three months


def read_day(text: str, at: int, ctx: Context) -> Dates | None:
    """Read a day, a month, a year or a part of one at `at`, or return None."""
    if found := _RELATIVE.match(text, at):
        return Dates(found.end(), (day_span(ctx.now.date() + timedelta(days=DAY_OFFSETS[found.group()])),))
    if found := _CONTRACTED.match(text, at):
        offset = _CONTRACTED_OFFSETS[found["day"] or found["noon"]]
        return Dates(found.end(), (day_span(ctx.now.date() + timedelta(days=offset)),))
    if found := _ISO.match(text, at):
        return Dates(found.end(), _exact(int(found["year"]), int(found["month"]), int(found["day"])))
    if read := _read_year(text, at, ctx):
        end, year, relative = read
        return _read_in_year(text, end, ctx, year, relative) or Dates(end, (year_span(year),))
    return (
        _read_in_year(text, at, ctx, None) or _read_shifted_month(text, at, ctx) or _read_bare(text, at, ctx)
    )


def _exact(year: int, month: int, day: int) -> tuple[Span, ...]:
    there_is = month_day(year, month, day) if 1 <= month <= 12 else None
    return (day_span(there_is),) if there_is else ()


def _read_year(text: str, at: int, ctx: Context) -> tuple[int, int, bool] | None:
    """Return where the year ends, the year, and whether it is relative to this one."""
    if found := _RELATIVE_YEAR.match(text, at):
        return found.end(), ctx.now.year + RELATIVE_YEARS[found.group()], True
    if found := _YEAR.match(text, at):
        if found["year"]:
            return found.end(), year_number(found["year"]), False
        century = 2000 if int(found["short"]) <= ctx.now.year % 100 + 10 else 1900
        return found.end(), century + int(found["short"]), False
    return None


def _read_in_year(text: str, at: int, ctx: Context, year: int | None, relative: bool = False) -> Dates | None:
    """Read what stands within a year: the year said, or else the first in which it is not past."""
    if year is not None and text.startswith("的", at):
        inner = _read_in_year(text, at + 1, ctx, year, relative)
        if inner:
            return inner
    return (
        read_festival(text, at, ctx, year, relative)
        or read_lunar(text, at, ctx, year, relative)
        or _read_month(text, at, ctx, year)
        or _read_part_of_year(text, at, ctx, year)
    )


def _years(ctx: Context, year: int | None) -> range:
    """Return the years to try: eight, since a 29th of February can be that far away."""
    return range(ctx.base.year, ctx.base.year + 9) if year is None else range(year, year + 1)


def _read_month(text: str, at: int, ctx: Context, year: int | None) -> Dates | None:
    if not (found := _MONTH.match(text, at)):
        return None
    month = 1 if found["month"] == "元" else number(found["month"])
    until = number(found["until"]) if found["until"] else month
    if month is None or until is None or not (1 <= month <= 12 and 1 <= until <= 12):
        end = _DAY.match(text, found.end())
        return Dates(end.end() if end else found.end(), ())
    inner = _read_in_month(text, found.end(), [(y, month) for y in _years(ctx, year)])
    if inner:
        return inner
    length = (until - month) % 12 + 1
    return Dates(found.end(), tuple(month_span(y, month, length) for y in _years(ctx, year)))


def _read_shifted_month(text: str, at: int, ctx: Context) -> Dates | None:
    if found := _SHIFTED_QUARTER.match(text, at):
        quarter = (ctx.now.month - 1) // 3 + SHIFTS[found["shift"]]
        return Dates(found.end(), (month_span(ctx.now.year, 3 * quarter + 1, 3),))
    if not (found := _SHIFTED_MONTH.match(text, at)):
        return None
    month = ctx.now.month + SHIFTS[found["shift"]]
    return _read_in_month(text, found.end(), [(ctx.now.year, month)]) or Dates(
        found.end(), (month_span(ctx.now.year, month),)
    )


def _read_in_month(text: str, at: int, months: list[tuple[int, int]]) -> Dates | None:
    """Read a day, a third or an ordinal weekday of any of these months."""
    if found := _PART_OF_MONTH.match(text, at):
        options = tuple(_part_of_month(found, *month) for month in months)
        return Dates(found.end(), options, closing=bool(found["late"]))
    if ordinal := read_ordinal_weekday(text, at + text.startswith("的", at)):
        end, which, weekday = ordinal
        return Dates(end, tuple(ordinal_weekday(*month, which, weekday) for month in months))
    if found := _DAY.match(text, at) or _DAY_UNMARKED.match(text, at):
        return Dates(found.end(), _days_in(found, months))
    return None


def _days_in(found: re.Match[str], months: list[tuple[int, int]]) -> tuple[Span, ...]:
    first, last = number(found["day"]), number(found.groupdict().get("until") or found["day"])
    if first is None or last is None:
        return ()
    options = []
    for year, month in months:
        begin, end = month_day(year, month, first), month_day(year, month + (last < first), last)
        if begin and end:
            options.append(days_between(begin, end + timedelta(days=1)))
    return tuple(options)


def _part_of_month(found: re.Match[str], year: int, month: int) -> Span:
    """Return 月初 (1 to 5), 月中 (13 to 17), 月底 (the last five days), or a third (旬) of the month."""
    first, after = month_start(year, month), month_start(year, month + 1)
    if found["early"]:
        return day_span(first, 5)
    if found["middle"]:
        return day_span(first.replace(day=13), 5)
    if found["late"]:
        return days_between(after - timedelta(days=5), after)
    begin = first.replace(day={"上": 1, "中": 11, "下": 21}[found["ten"]])
    return days_between(begin, after) if found["ten"] == "下" else day_span(begin, 10)


def _read_bare(text: str, at: int, ctx: Context) -> Dates | None:
    """Read 5号 or 月底 without a month: in this month, or the next in which it is not past."""
    months = [(ctx.base.year, ctx.base.month + later) for later in range(13)]
    if found := _BARE_PART_OF_MONTH.match(text, at):
        return _read_in_month(text, found.end(), months)
    if found := _BARE_DAY.match(text, at) or _BARE_SHORT_DAY.match(text, at):
        return Dates(found.end(), _days_in(found, months))
    return None


def _read_part_of_year(text: str, at: int, ctx: Context, year: int | None) -> Dates | None:
    if year is None and not _BARE_PART_OF_YEAR.match(text, at):
        return None
    if found := _PART_OF_YEAR.match(text, at):
        # 上半年 is this year's even in December; winter and the holidays are the next, or the one we are in.
        returning = found["season"] or found["summer"] or found["winter"]
        years = range(ctx.base.year - 1, ctx.base.year + 2) if returning else [ctx.base.year]
        options = tuple(_part_of_year(found, y) for y in ([year] if year else years))
        return Dates(found.end(), options, closing=bool(found["late"]))
    return None


def _part_of_year(found: re.Match[str], year: int) -> Span:
    """Return 年初 (January), 年中 (June), 年底 (December), a half, a quarter, a season, school holidays."""
    if found["half"]:
        return month_span(year, 1 if found["half"] == "上" else 7, 6)
    if found["quarter"]:
        return month_span(year, 3 * (number(found["quarter"]) or 1) - 2, 3)
    if found["season"]:
        return month_span(year, _SEASONS[found["season"][0]], 1 if found["season"] == "开春" else 3)
    if found["summer"]:
        return month_span(year, 7, 2)
    if found["winter"]:
        return days_between(date(year, 1, 15), date(year, 2, 15))
    return month_span(year, 1 if found["early"] else 6 if found["middle"] else 12)
