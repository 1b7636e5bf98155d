"""The emulator as a test sees it: people with phones, the call log, the faults. Speaks /sim over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

Json = dict[str, Any]


class Refused(AssertionError):
    """/sim would not or could not; a wait that came to nothing is 408. The message shows the phone."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(f"{status}: {error}")
        self.status = status


@dataclass
class Telegram:
    """A running emulator. `url` is TELEGRAM_BASE_URL; `control_url` works even while that is shut."""

    url: str
    control_url: str
    token: str
    session: aiohttp.ClientSession

    async def request(self, method: str, path: str, wish: Json | None = None) -> Any:
        """One request to /sim/`path`. Raises Refused."""
        query = {name: str(value) for name, value in (wish or {}).items()} if method == "GET" else None
        body = None if method == "GET" else wish or {}
        address = f"{self.control_url}/sim/{path}"
        async with self.session.request(method, address, params=query, json=body) as response:
            answer = await response.json()
        if response.status >= 400:
            raise Refused(response.status, answer["error"])
        return answer

    async def person(self, first_name: str, **fields: Any) -> Person:
        """Someone with a phone. Fields: last_name, username, phone, language_code, id, started."""
        user = await self.request("POST", "users", {"first_name": first_name, **fields})
        return Person(self, user["id"], first_name)

    async def group(self, title: str, *members: Person, supergroup: bool = False) -> int:
        """The id of a new group; the bot is not in it until `into_group`."""
        wish = {"title": title, "members": [member.id for member in members], "supergroup": supergroup}
        return int((await self.request("POST", "groups", wish))["id"])

    async def in_group(self, group: int, verb: str, by: Person) -> Any:
        """add_bot, remove_bot or migrate, done by a member."""
        return await self.request("POST", f"groups/{group}/{verb}", {"by": by.id})

    async def fault(self, kind: str, **fields: Any) -> int:
        """Makes a rule of what goes wrong and returns its number; the README lists kinds and fields."""
        return int((await self.request("POST", "faults", {"kind": kind, **fields}))["number"])

    async def clear_faults(self) -> None:
        """Everything works again."""
        await self.request("DELETE", "faults")

    async def set_clock(self, now: int, *, frozen: bool = True) -> None:
        """Sets the emulator's clock to `now`, in seconds since 1970."""
        await self.request("POST", "clock", {"now": now, "frozen": frozen})

    async def calls(self, **wish: Any) -> list[Json]:
        """The call log; by method, chat_id, outcome, after (a call's number)."""
        return list(await self.request("GET", "calls", wish))

    async def wait_calls(self, **wish: Any) -> list[Json]:
        """Waits until `count` calls fit, for up to `timeout` seconds."""
        return list(await self.request("POST", "calls/wait", wish))

    async def wait_updates(self, **wish: Any) -> Json:
        """Waits until the queue is as wished: `pending` so many, `polling` true or false."""
        return dict(await self.request("POST", "updates/wait", wish))

    async def inject(self, update: Json) -> int:
        """Queues a raw update and returns its number."""
        return int((await self.request("POST", "updates", update))["update_id"])


@dataclass
class Person:
    """Someone with a phone."""

    telegram: Telegram
    id: int
    first_name: str

    async def do(self, verb: str, **wish: Any) -> Json:
        """start, say, send, edit, press, block, unblock or delete; in the private chat unless `chat_id`."""
        return (await self.telegram.request("POST", f"users/{self.id}/{verb}", wish)) or {}

    async def start(self, payload: str = "") -> int:
        """Presses Start and returns the message's number."""
        return int((await self.do("start", payload=payload))["message_id"])

    async def say(self, text: str, **wish: Any) -> int:
        """Types `text` and returns the message's number."""
        return int((await self.do("say", text=text, **wish))["message_id"])

    async def send(self, kind: str, **wish: Any) -> list[int]:
        """Sends a photo, voice, place …; returns the messages' numbers."""
        return list((await self.do("send", kind=kind, **wish))["message_ids"])

    async def press(self, label: str, **wish: Any) -> Json:
        """Presses the button of this label, wherever it is shown."""
        return await self.do("press", label=label, **wish)

    async def phone(self, chat_id: int | None = None) -> Json:
        """What the phone shows now."""
        return dict(
            await self.telegram.request("GET", f"users/{self.id}/phone", {"chat_id": chat_id or self.id})
        )

    async def texts(self) -> list[str]:
        """The texts on the phone, oldest first."""
        return [message["text"] for message in (await self.phone())["messages"]]

    async def wait(self, **wish: Any) -> Json:
        """Waits for the phone to show what is wished; returns the newest message that fits, or the screen."""
        shown = await self.do("wait", **wish)
        about_message = wish.keys() & {"text", "button", "message_id", "kind", "edited", "count"}
        return dict(shown["found"][-1] if about_message else shown["screen"])
