"""Scripted conversations, and how long each turn of them takes."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

# Courtesies, questions, a suggestion with another question in its middle, a reminder: what a person does in a week.
SCRIPT = (
    "您好",
    "我有多少积分",
    "最近有什么活动可以参加",
    "我报名了哪些活动",
    "我想提个建议",
    "查一下我的积分",
    "建议在社区门口多装几盏路灯，晚上太黑了",
    "对的，交上去",
    "我的建议办得怎么样了",
    "每周二四下午三点提醒我学习",
    "是的",
    "谢谢",
)
_GIVEN_UP = aiohttp.ClientTimeout(total=60)
_DIGITS = re.compile(r"\d+")


@dataclass
class Timed:
    """Turns as they were timed: seconds each, and seconds from the first word to the last answer."""

    turns: list[float] = field(default_factory=list)
    wall: float = 0.0

    def add(self, other: Timed) -> None:
        """Count another block's turns in."""
        self.turns += other.turns
        self.wall += other.wall


async def say(http: aiohttp.ClientSession, url: str, sender: str, words: str) -> list[dict[str, Any]]:
    """Say something over a REST channel and return the answer."""
    async with http.post(url, json={"sender": sender, "message": words}) as response:
        response.raise_for_status()
        answer: list[dict[str, Any]] = await response.json()
        return answer


async def first_answer(
    http: aiohttp.ClientSession, url: str, sender: str, within: float, check: Callable[[], None]
) -> None:
    """Wait for the first greeting that is returned.

    Args:
        check: raises when there is nobody left to answer.

    Raises:
        TimeoutError: there was none in that many seconds.
    """
    until = time.monotonic() + within
    while time.monotonic() < until:
        check()
        try:
            if await say(http, url, sender, SCRIPT[0]):
                return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.05)
    raise TimeoutError(f"{url} does not answer")


async def converse(http: aiohttp.ClientSession, url: str, sender: str, times: int = 1) -> Timed:
    """The script, so many times over, each turn after the answer to the one before.

    Raises:
        RuntimeError: a turn was not answered.
    """
    timed, began = Timed(), time.perf_counter()
    for words in SCRIPT * times:
        start = time.perf_counter()
        if not await say(http, url, sender, words):
            raise RuntimeError(f"no answer to {words}")
        timed.turns.append(time.perf_counter() - start)
    timed.wall = time.perf_counter() - began
    return timed


async def converse_at_once(http: aiohttp.ClientSession, url: str, senders: list[str]) -> Timed:
    """The script in all these chats at once."""
    began = time.perf_counter()
    blocks = await asyncio.gather(*(converse(http, url, sender) for sender in senders))
    return Timed([turn for block in blocks for turn in block.turns], time.perf_counter() - began)


async def heard(http: aiohttp.ClientSession, url: str, sender: str) -> list[str]:
    """What the script is answered, without its numbers, which are counted up."""
    answers = [await say(http, url, sender, words) for words in SCRIPT]
    return [_DIGITS.sub("#", "\n".join(each["text"] for each in answer)) for answer in answers]


def session() -> aiohttp.ClientSession:
    """A client that keeps its connections."""
    return aiohttp.ClientSession(timeout=_GIVEN_UP)
