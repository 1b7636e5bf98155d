"""Pace: how fast we send by our own choice, so that Telegram does not have to tell us to wait."""

from __future__ import annotations

from datetime import datetime, timedelta

# Telegram's own advice: no more than one message a second in a chat, where a few at once are tolerated, twenty a
# minute in a group, thirty a second to different people when nobody asked for them.
_CHAT, _GROUP, _UNASKED = timedelta(seconds=1), timedelta(seconds=3), timedelta(seconds=1 / 30)
_AT_ONCE = 4
_CAUTIOUS_FOR = timedelta(minutes=10)
_CHATS_KEPT = 10_000


class Pace:
    """Gives each message a moment at which it may go; one told to come later has its place kept.

    Answers to people are held to the pace of their chat alone, until Telegram has asked us to wait: then for ten
    minutes everything keeps to thirty a second.
    """

    def __init__(self) -> None:
        self._next: dict[str, datetime] = {}
        self._booked: dict[int, datetime] = {}
        self._cautious_until: datetime | None = None

    def admit(self, row_id: int, address: str, now: datetime, *, asked: bool) -> datetime:
        """When this message may go: `now`, or later; whoever comes back then is let through.

        Args:
            row_id: the outbox row.
            address: the chat, a group's begins with a minus.
            asked: somebody waits for it.
        """
        if row_id in self._booked:
            moment = self._booked[row_id]
            if moment <= now:
                del self._booked[row_id]
            return max(moment, now) if moment > now else now
        interval = _GROUP if address.startswith("-") else _CHAT
        lanes = [(address, interval, interval * (_AT_ONCE - 1))]
        if not asked or (self._cautious_until is not None and now < self._cautious_until):
            lanes.append(("", _UNASKED, timedelta(0)))
        moment = max(max(now, self._next.get(name, now) - slack) for name, _, slack in lanes)
        for name, step, _ in lanes:
            self._next[name] = max(self._next.get(name, moment), moment) + step
        if moment > now:
            self._booked[row_id] = moment
        self._forget(now)
        return moment

    def be_cautious(self, now: datetime) -> None:
        """Telegram has asked us to wait."""
        self._cautious_until = now + _CAUTIOUS_FOR

    def _forget(self, now: datetime) -> None:
        if len(self._next) > _CHATS_KEPT:
            self._next = {name: moment for name, moment in self._next.items() if moment > now}
