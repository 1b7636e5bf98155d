"""What holds of any text at any moment, and how long finding takes."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.chinese_time import find_times

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)

# Pieces that times are made of, so that chance puts together much that is almost a time.
PIECES = """
    一 二 三 五 十 十一 廿 半 两 0 1 2 3 12 15 31 2026 点 点半 : - 号 日 月 年 周 星期 礼拜 天 末 底
    初 闰 正月 腊月 农历 初五 十五 每 每天 每周 每月 每年 每隔 隔 天天 工作日 上 下 这 本 前 后 以前
    之后 内 过 到 至 和 、 ， 的 今天 明天 后天 昨 今 晚 早 早上 上午 中午 下午 晚上 半夜 凌晨 差 刻
    分 钟 小时 个 第 最后一个 春节 重阳节 除夕 国庆 清明 期间 最近 未来 今年 明年 去年 我 来 楼 建议
"""
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES.split()), max_size=14).map("".join))
moments = st.datetimes(datetime(1950, 1, 1), datetime(2090, 12, 31)).map(lambda m: m.replace(tzinfo=SHANGHAI))


@settings(max_examples=500, deadline=None)
@given(texts, moments)
def test_whatever_is_found_lies_in_the_text_and_makes_sense(text: str, now: datetime) -> None:
    found = find_times(text, now)
    assert found == find_times(text, now)
    end = 0
    for match in found:
        assert end <= match.start < match.end <= len(text)
        end = match.end
        start, until = (datetime.fromisoformat(match.resolved[key]) for key in ("start", "end"))
        assert start <= until
        assert match.resolved["grain"] in ("minute", "hour", "day", "week", "month", "year")
        if start == until:
            assert match.resolved["grain"] == "minute"
        if "rrule" in match.resolved:
            assert start > now.replace(tzinfo=None)
            rule = rrulestr(match.resolved["rrule"], dtstart=start)
            assert rule[0] == start


@settings(max_examples=200, deadline=None)
@given(texts, st.datetimes().map(lambda m: m.replace(tzinfo=SHANGHAI)))
def test_never_raises_at_any_moment_datetime_knows(text: str, now: datetime) -> None:
    find_times(text, now)


def _best_of(runs: int, text: str) -> float:
    def once() -> float:
        begin = time.perf_counter()
        find_times(text, MONDAY)
        return time.perf_counter() - begin

    return min(once() for _ in range(runs))


@pytest.mark.parametrize(
    "piece",
    [
        "一",
        "1",
        "十二月五号",
        "每天早上八点",
        "周一到",
        "1号到",
        "下午三点到",
        "每周一、",
        "三点",
        "下",
        "每",
        "农历",
        "明天和",
        "前天后天",
    ],
)
def test_time_taken_grows_with_the_length_and_no_faster(piece: str) -> None:
    short, long = (_best_of(2, piece * (length // len(piece))) for length in (400, 3_200))
    assert long < 24 * short + 0.05  # eight times the text, and room for a busy machine
