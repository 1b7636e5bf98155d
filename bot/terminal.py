"""The terminal chat: a turn a line, through the same inbox and outbox as any messenger."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.app import RECHECKS, load_agent
from bot.outside import OneChat, Reply
from service import clock, migrations
from service.errors import OperatorError, TurnAborted
from service.messages import chats
from service.messages.models import Chat
from service.people import queries
from service.settings import settings


def chat(who: str, now: str | None, *, as_json: bool) -> None:
    """Talk as somebody.

    Args:
        who: a phone number or name on the roster, or `new` for a stranger.
        now: the time it is said to be, ISO 8601; the wall clock by default.

    Raises:
        OperatorError: nobody has that number, the time is no time, the database or model does not fit.
    """
    migrations.require_current()
    at = _clock(now)
    talker = OneChat(_chat_of(who, at()), load_agent(), at, RECHECKS)  # type: ignore[arg-type]
    asyncio.run(_talk(talker, as_json))


def _clock(now: str | None) -> Callable[[], datetime]:
    if now is None:
        return clock.now
    try:
        fixed = clock.parse(now)
    except ValueError:
        raise OperatorError(f"{now} is not a time; write it as 2026-11-23T09:30.") from None
    return lambda: fixed


def _chat_of(who: str, now: datetime) -> Chat:
    """A terminal chat a person, kept from one call to the next; a stranger's is new each time."""
    if who == "new":
        return chats.open_chat("terminal", f"new-{uuid.uuid4().hex}", now)
    found = queries.by_phone(who) or queries.by_name(who)
    if not found:
        raise OperatorError(f"Nobody on the roster is {who}. Use --as new to be a stranger.")
    opened = chats.open_chat("terminal", f"person-{found[0].id}", now)
    chats.bind(opened, found[0], "staff", now)
    return chats.get_chat(opened.id)


async def _talk(talker: OneChat, as_json: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    interactive = sys.stdin.isatty()
    turn = 0
    while True:
        line = await asyncio.to_thread(_line, interactive)
        if line is None:
            return
        turn += 1
        kind, payload = _message(line)
        try:
            replies = await talker.turn(kind, payload, uuid.uuid4().hex)
        except TurnAborted:
            print("现在连不上数据库，您的话已经记下，请过一会儿再看。", file=sys.stderr)
            continue
        for reply in replies:
            if as_json:
                print(json.dumps(_as_json(turn, reply), ensure_ascii=False), flush=True)
            else:
                _show(console, reply)


def _line(interactive: bool) -> str | None:
    """The next line, or None at the end of input."""
    if interactive:
        try:
            return input("您：")
        except EOFError:
            return None
    line = sys.stdin.readline()
    return line.removesuffix("\n") if line else None


def _message(line: str) -> tuple[str, dict[str, Any]]:
    """A line of input as an inbox kind and payload: words, or a JSON object of one of the documented forms."""
    try:
        said = json.loads(line) if line.lstrip().startswith("{") else None
    except json.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        return "words", {"text": line}
    if "press" in said:
        return "press", {"words": str(said["press"]), "token": str(said["press"])}
    if "location" in said:
        latitude, longitude = said["location"]
        return "location", {"latitude": float(latitude), "longitude": float(longitude)}
    if "contact" in said:
        return "contact", {"phone": str(said["contact"]), "own": True}
    for kind in ("photo", "voice"):
        if kind in said:
            return kind, {"file": _keep(Path(str(said[kind]))), "caption": str(said.get("caption") or "")}
    return "words", {"text": str(said.get("text", line))}


def _keep(path: Path) -> str:
    """Copy a file into ASSISTANT_HOME/files under a name of its own."""
    if not path.is_file():
        raise OperatorError(f"There is no file {path}.")
    settings().files.mkdir(parents=True, exist_ok=True)
    name = f"{uuid.uuid4().hex}{path.suffix.lower()}"
    shutil.copyfile(path, settings().files / name)
    return name


def _as_json(turn: int, reply: Reply) -> dict[str, Any]:
    buttons = [{"text": button.title, "token": button.token} for button in reply.buttons]
    return {"turn": turn, "text": reply.text, "buttons": buttons, "photo": reply.photo}


def _show(console: Console, reply: Reply) -> None:
    console.print(f"[bold]助手：[/bold]{_escaped(reply.text)}")
    if reply.buttons:
        console.print(
            "　　" + "　".join(f"[reverse] {_escaped(button.title)} [/reverse]" for button in reply.buttons)
        )


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")
