"""Find times in Chinese as retired people write it, and say what they mean.

`find_times("周四下午三点", now)` is
`[TimeMatch(0, 6, {"start": "2026-11-26T15:00", "end": "2026-11-26T15:00", "grain": "minute"})]`.
Pure functions: the clock is an argument, and importing this reads tables only. The readings chosen where the
language leaves it open are in docs/decisions/0005-chinese-time.md.
"""

from bot.nlu.chinese_time.finder import TimeMatch, find_times

__all__ = ["TimeMatch", "find_times"]
