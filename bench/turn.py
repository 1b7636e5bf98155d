"""A turn: this assistant beside stock Rasa, with the same model, people and words, in one run.

The assistant is timed with inbox, outbox and delivery; stock Rasa with its tracker store and action server. Blocks of
turns alternate, so that whatever else the machine does meets both.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from bench import pair, talking
from bench.talking import SCRIPT, Timed
from bot import training

_BLOCKS, _CHATS_A_BLOCK = 4, 2
_BLOCKS_AT_ONCE, _AT_ONCE = 2, 8
# The longest conversation: this often through the script, so that its end is turn 181 and later.
_LONG, _LONG_CHATS = 17, 3
# Stock Rasa slows down with each turn; half of that shows it and takes a minute less.
_LONG_OF_STOCK = 8
_COLD_WITHIN = 120.0
# What we want of ourselves: at least, or at most.
_GOALS = {
    "p50_ratio": ("p50 a turn, stock / ours", ">=", 5.0),
    "rate_ratio": ("turns a second, ours / stock", ">=", 5.0),
    "long_turn_ratio": ("turn 200 / turn 5", "<=", 1.3),
    "first_answer_s": ("first answer, seconds", "<", 12.0),
}

Figures = dict[str, Any]


def run() -> Figures:
    """Measure, print, and return the figures."""
    return asyncio.run(_run())


async def _run() -> Figures:
    console = Console()
    senders = [f"bench-{number}" for number in range(200)]
    ours_db, stock_db = pair.make_worlds(senders)
    # A copy, since training another model meanwhile takes this one away.
    model = Path(shutil.copy(training.fitting_model(), pair.WORK))
    fresh = iter(senders)
    async with talking.session() as http:
        with pair.assistant(ours_db) as ours:
            cold_ours = await _cold(http, ours, next(fresh))
            with pair.stock(model, stock_db) as stock:
                cold_stock = await _cold(http, stock, next(fresh))
                await _same_answers(http, ours, stock, next(fresh))
                alone = await _alone(http, ours, stock, fresh)
                at_once = await _at_once(http, ours, stock, fresh)
                long = await _long(http, ours, stock, fresh)
                memory = (ours.resident_mb(), stock.resident_mb())
    figures = {
        "p50_ratio": _p(alone[1], 50) / _p(alone[0], 50),
        "rate_ratio": _rate(at_once[0]) / _rate(at_once[1]),
        "long_turn_ratio": long[0],
        "first_answer_s": cold_ours,
        "rss_mb": memory[0],
        "ours": _side(alone[0], at_once[0], long[0], cold_ours, memory[0]),
        "stock": _side(alone[1], at_once[1], long[1], cold_stock, memory[1]),
        "turns_ms": {
            "ours": [round(turn * 1000, 1) for turn in alone[0].turns],
            "stock": [round(turn * 1000, 1) for turn in alone[1].turns],
        },
    }
    _print(console, figures)
    return figures


async def _cold(http: aiohttp.ClientSession, system: pair.System, sender: str) -> float:
    """Seconds from the start of its processes to its first answer."""
    await talking.first_answer(http, system.url, sender, _COLD_WITHIN, system.check)
    return asyncio.get_running_loop().time() - system.started


async def _same_answers(
    http: aiohttp.ClientSession, ours: pair.System, stock: pair.System, sender: str
) -> None:
    """Warm both up, and see that they do the same work.

    Raises:
        RuntimeError: they answer something differently.
    """
    both = [await talking.heard(http, system.url, sender) for system in (ours, stock)]
    for words, one, other in zip(SCRIPT, *both, strict=True):
        if one != other or not one:
            raise RuntimeError(f"to {words}, the assistant says {one!r} and stock Rasa {other!r}")


async def _alone(
    http: aiohttp.ClientSession, ours: pair.System, stock: pair.System, fresh: Any
) -> tuple[Timed, Timed]:
    """One chat at a time; new ones each time, since stock Rasa slows down with the length of a conversation."""
    timed = (Timed(), Timed())
    for _ in range(_BLOCKS):
        senders = list(itertools.islice(fresh, _CHATS_A_BLOCK))
        for system, total in zip((ours, stock), timed, strict=True):
            for sender in senders:
                total.add(await talking.converse(http, system.url, sender))
    return timed


async def _at_once(
    http: aiohttp.ClientSession, ours: pair.System, stock: pair.System, fresh: Any
) -> tuple[Timed, Timed]:
    """Eight chats at once."""
    timed = (Timed(), Timed())
    for _ in range(_BLOCKS_AT_ONCE):
        senders = list(itertools.islice(fresh, _AT_ONCE))
        for system, total in zip((ours, stock), timed, strict=True):
            total.add(await talking.converse_at_once(http, system.url, senders))
    return timed


async def _long(
    http: aiohttp.ClientSession, ours: pair.System, stock: pair.System, fresh: Any
) -> tuple[float, float]:
    """How much slower the end of a long conversation is than its beginning, the same words at both.

    The assistant's is 204 turns long, stock Rasa's 96.
    """
    chats = list(itertools.islice(fresh, _LONG_CHATS))
    of_ours = [_growth(await talking.converse(http, ours.url, chat, _LONG)) for chat in chats]
    of_stock = _growth(await talking.converse(http, stock.url, chats[0], _LONG_OF_STOCK))
    return median(of_ours), of_stock


def _growth(timed: Timed) -> float:
    """The median of the last two rounds of the script over that of the first two."""
    two = 2 * len(SCRIPT)
    return median(timed.turns[-two:]) / median(timed.turns[:two])


def _side(alone: Timed, at_once: Timed, long_turn_ratio: float, cold: float, memory: float) -> Figures:
    return {
        "turns": len(alone.turns),
        "p50_ms": _p(alone, 50) * 1000,
        "p95_ms": _p(alone, 95) * 1000,
        "rate": _rate(alone),
        "turns_at_once": len(at_once.turns),
        "p50_at_once_ms": _p(at_once, 50) * 1000,
        "p95_at_once_ms": _p(at_once, 95) * 1000,
        "rate_at_once": _rate(at_once),
        "long_turn_ratio": long_turn_ratio,
        "first_answer_s": cold,
        "rss_mb": memory,
    }


def _p(timed: Timed, percent: int) -> float:
    return quantiles(timed.turns, n=100, method="inclusive")[percent - 1]


def _rate(timed: Timed) -> float:
    return len(timed.turns) / timed.wall


def _print(console: Console, figures: Figures) -> None:
    rows = (
        ("one chat, p50 ms", "p50_ms"),
        ("one chat, p95 ms", "p95_ms"),
        ("one chat, turns a second", "rate"),
        ("eight chats, p50 ms", "p50_at_once_ms"),
        ("eight chats, p95 ms", "p95_at_once_ms"),
        ("eight chats, turns a second", "rate_at_once"),
        ("turn 200 (stock: 90) / turn 5", "long_turn_ratio"),
        ("first answer, seconds", "first_answer_s"),
        ("memory, MB resident", "rss_mb"),
    )
    table = Table(title="A turn", title_justify="left")
    for heading in ("", "assistant", "stock Rasa", "ratio"):
        table.add_column(heading, justify="right" if heading else "left")
    for words, key in rows:
        one, other = figures["ours"][key], figures["stock"][key]
        high, low = max(one, other), min(one, other)
        table.add_row(words, f"{one:.1f}", f"{other:.1f}", f"{high / low:.1f}")
    console.print(table)
    for key, (words, sign, goal) in _GOALS.items():
        reached = figures[key] >= goal if sign == ">=" else figures[key] <= goal
        console.print(
            f"{words} {figures[key]:.2f}, goal {sign} {goal:g}: {'reached' if reached else 'not reached'}"
        )
