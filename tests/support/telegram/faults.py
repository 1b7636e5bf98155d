"""Faults on demand: which call, or which update, goes wrong, how, and how often."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from typing import Any

from .errors import ApiError, SimError, too_many_requests

# What may go wrong, by the moment at which it does.
BEFORE = {"error", "lost"}  # nothing has happened yet, and nothing will
AFTER = {"slow", "dropped", "cut"}  # it has happened; the reply is late, absent or halved
ON_UPDATES = {"duplicate"}
TEXTS = {
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass
class Fault:
    """One rule. Without `method` or `chat_id` it fits every call; without `count` it stays until removed."""

    kind: str
    method: str | None = None
    chat_id: int | None = None
    count: int | None = None
    probability: float = 1.0
    seed: int = 0
    code: int = 500
    description: str | None = None
    retry_after: int = 1  # for code 429
    seconds: float = 1.0  # for slow
    number: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def strikes(self, method: str | None, chat_id: int | None) -> bool:
        """Whether this rule hits now; a hit counts."""
        if self.count == 0 or (self.chat_id is not None and self.chat_id != chat_id):
            return False
        if self.method is not None and self.method.lower() != method:
            return False
        if self._random.random() >= self.probability:
            return False
        if self.count is not None:
            self.count -= 1
        return True

    def as_error(self) -> ApiError:
        """The refusal a fault of kind `error` makes."""
        if self.code == 429:
            return too_many_requests(self.retry_after)
        return ApiError(self.code, self.description or TEXTS.get(self.code, "Bad Request: unspecified"))


@dataclass
class Faults:
    """The rules in force, in the order in which they were made; the first that strikes wins."""

    rules: list[Fault] = field(default_factory=list)
    flood: Flood | None = None
    _made: int = 0

    def add(self, wish: dict[str, Any]) -> Fault:
        """A rule from its JSON. Raises SimError for a kind or a field that does not exist."""
        known = {f.name for f in fields(Fault)} - {"number"}
        if wish.get("kind") not in BEFORE | AFTER | ON_UPDATES or not wish.keys() <= known:
            raise SimError(f"not a fault: {wish}", 400)
        self._made += 1
        fault = Fault(**wish, number=self._made)
        self.rules.append(fault)
        return fault

    def remove(self, number: int | None = None) -> None:
        """Removes one rule, or all."""
        self.rules = [rule for rule in self.rules if number is not None and rule.number != number]

    def pick(self, kinds: Collection[str], method: str | None, chat_id: int | None) -> Fault | None:
        """The rule among `kinds` that hits this call, if any."""
        for rule in self.rules:
            if rule.kind in kinds and rule.strikes(method, chat_id):
                return rule
        return None


@dataclass
class Flood:
    """Telegram's published pace: messages a second over all and in one chat, and a minute in a group.

    Source: the "My bot is hitting limits" section of Telegram's bot FAQ.
    """

    per_second: int = 30
    chat_per_second: int = 1
    group_per_minute: int = 20
    _sent: deque[float] = field(default_factory=deque)
    _chats: dict[int, deque[float]] = field(default_factory=dict)

    def check(self, chat_id: int, now: float) -> None:
        """Counts one message at real second `now`. Raises ApiError 429 above the pace."""
        chat = self._chats.setdefault(chat_id, deque())
        _forget_before(self._sent, now - 1)
        limit, window = (self.group_per_minute, 60) if chat_id < 0 else (self.chat_per_second, 1)
        _forget_before(chat, now - window)
        if len(chat) >= limit:
            raise too_many_requests(int(chat[0] + window - now) + 1)
        if len(self._sent) >= self.per_second:
            raise too_many_requests(1)
        self._sent.append(now)
        chat.append(now)


def _forget_before(times: deque[float], start: float) -> None:
    while times and times[0] <= start:
        times.popleft()
