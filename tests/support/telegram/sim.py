"""The /sim API: acting as people, looking at their phones, breaking things. The README lists it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from . import people, phone
from .errors import ApiError, SimError
from .faults import Flood
from .state import Chat, Json, Message, User, World

if TYPE_CHECKING:
    from .server import Server

LAST_SHOWN = 5  # messages of a phone in a complaint
WAIT = 10.0  # seconds a wait lasts unless it says otherwise


async def handle(server: Server, method: str, path: list[str], wish: Json) -> Any:
    """Answers one request to /sim/`path`. Raises SimError for what cannot be done."""
    world = server.world
    try:
        match path:
            case ["users", number, verb] if method + verb in PERSON:
                user = world.user(int(number))
                chat = world.chat(int(wish.get("chat_id") or user.id))
                return await PERSON[method + verb](world, user, chat, wish)
            case ["groups", number, verb] if method == "POST" and verb in GROUP:
                return GROUP[verb](world, world.chat(int(number)), world.user(int(wish["by"])))
            case ["faults", number] if method == "DELETE":
                return world.faults.remove(int(number))
        key = f"{method} {'/'.join(path)}"
        if key in SERVER:
            return await SERVER[key](server, wish)
        if key in WORLD:
            return WORLD[key](world, wish)
    except (KeyError, ValueError, TypeError) as error:
        raise SimError(f"malformed request: {error!r}", 400) from error
    except ApiError as error:
        raise SimError(error.description, 400) from error
    raise SimError(f"no {method} /sim/{'/'.join(path)}", 404)


# What a person does: (world, user, chat, wish).


async def _start(world: World, user: User, chat: Chat, wish: Json) -> Json:
    payload = wish.get("payload")
    return _number(people.say(world, user, chat, f"/start {payload}" if payload else "/start"))


async def _say(world: World, user: User, chat: Chat, wish: Json) -> Json:
    return _number(people.say(world, user, chat, wish["text"], _reply_to(chat, wish)))


async def _send(world: World, user: User, chat: Chat, wish: Json) -> Json:
    sent = people.send(world, user, chat, wish, _reply_to(chat, wish))
    return {"message_ids": [message.id for message in sent]}


async def _edit(world: World, user: User, chat: Chat, wish: Json) -> Json:
    return _number(people.edit(world, user, chat, int(wish["message_id"]), wish["text"]))


async def _press(world: World, user: User, chat: Chat, wish: Json) -> Json:
    if "data" in wish:  # a button that is no longer shown, as when two taps race
        message = chat.messages.get(int(wish["message_id"]))
        if message is None:
            raise SimError("no such message", 404)
        return {"callback_query_id": people.press(world, user, message, wish["data"]).id}
    message, button = phone.find_button(chat, wish)
    if message is None:
        return _number(people.tap(world, user, chat, button, wish.get("place")))
    if "callback_data" not in button:
        raise SimError("this button opens a link and tells the bot nothing")
    return {"callback_query_id": people.press(world, user, message, button["callback_data"]).id}


async def _block(world: World, user: User, chat: Chat, wish: Json) -> None:
    people.set_blocked(world, user, blocked=True)


async def _unblock(world: World, user: User, chat: Chat, wish: Json) -> None:
    people.set_blocked(world, user, blocked=False)


async def _delete(world: World, user: User, chat: Chat, wish: Json) -> None:
    user.deleted = True


async def _phone(world: World, user: User, chat: Chat, wish: Json) -> Json:
    return phone.screen(world, user, chat)


async def _wait(world: World, user: User, chat: Chat, wish: Json) -> Json:
    look = phone.condition(world, user, chat, wish)
    found = await chat.changed.until(look, float(wish.get("timeout", WAIT)))
    if found is None:
        shown = phone.screen(world, user, chat)
        shown["messages"] = shown["messages"][-LAST_SHOWN:]
        raise SimError(f"{user.first_name}'s phone never showed {wish}; it shows {shown}", 408)
    return found


PERSON: dict[str, Callable[[World, User, Chat, Json], Awaitable[Any]]] = {
    "POSTstart": _start,
    "POSTsay": _say,
    "POSTsend": _send,
    "POSTedit": _edit,
    "POSTpress": _press,
    "POSTblock": _block,
    "POSTunblock": _unblock,
    "POSTdelete": _delete,
    "GETphone": _phone,
    "POSTwait": _wait,
}


# What happens to a group: (world, group, the member who does it).

GROUP: dict[str, Callable[[World, Chat, User], Any]] = {
    "add_bot": people.add_bot,
    "remove_bot": people.remove_bot,
    "migrate": lambda world, group, by: {"id": people.migrate(world, group, by).id},
}


# What happens to the world: (world, wish).


def _add_group(world: World, wish: Json) -> Json:
    members = [world.user(int(number)) for number in wish["members"]]
    return people.add_group(world, wish["title"], members, supergroup=bool(wish.get("supergroup"))).as_api()


def _updates(world: World, wish: Json) -> Json:
    queue = world.updates
    ids = [entry.id for entry in queue.entries]
    return {"pending": queue.pending(), "polling": queue.polling, "ids": ids}


def _calls(world: World, wish: Json) -> list[Json]:
    return [call.as_json() for call in world.calls.find(**_call_filter(wish))]


def _add_fault(world: World, wish: Json) -> Json:
    return {"number": world.faults.add(wish).number}


def _flood(world: World, wish: Json) -> None:
    world.faults.flood = None if wish.get("off") else Flood(**wish)


def _clock(world: World, wish: Json) -> Json:
    if wish.get("real"):
        world.clock.follow_real_time()
    elif "now" in wish:
        world.clock.set(int(wish["now"]), frozen=bool(wish.get("frozen", True)))
    return {"now": world.clock.now()}


def _expire_presses(world: World, wish: Json) -> None:
    for press in world.presses.values():
        press.expires = 0


def _bot(world: World, wish: Json) -> Json:
    world.privacy = bool(wish.get("privacy", world.privacy))
    world.logged_out = bool(wish.get("logged_out", world.logged_out))
    state = {"about": world.about, "privacy": world.privacy, "logged_out": world.logged_out}
    return state | {"token": world.token, "webhook": world.webhook.as_info() if world.webhook else None}


WORLD: dict[str, Callable[[World, Json], Any]] = {
    "POST users": lambda world, wish: people.add_user(world, wish).as_api(),
    "GET users": lambda world, wish: [user.as_api() for user in world.users.values()],
    "POST groups": _add_group,
    "GET updates": _updates,
    "POST updates": lambda world, wish: {"update_id": world.updates.push_raw(wish)},
    "POST updates/hold": lambda world, wish: world.updates.hold(),
    "POST updates/release": lambda world, wish: {"update_ids": world.updates.release(**wish)},
    "POST updates/redeliver": lambda world, wish: world.updates.redeliver(int(wish["update_id"])),
    "GET calls": _calls,
    "DELETE calls": lambda world, wish: world.calls.clear(),
    "GET faults": lambda world, wish: [asdict(fault) for fault in world.faults.rules],
    "POST faults": _add_fault,
    "DELETE faults": lambda world, wish: world.faults.remove(),
    "POST flood": _flood,
    "GET clock": _clock,
    "POST clock": _clock,
    "POST presses/expire": _expire_presses,
    "GET bot": _bot,
    "POST bot": _bot,
}


# What waits, or concerns the server itself: (server, wish).


async def _wait_for_updates(server: Server, wish: Json) -> Json:
    world = server.world

    def look() -> Json | None:
        state = _updates(world, {})
        wanted = {name: wish[name] for name in ("polling", "pending") if name in wish}
        return state if wanted.items() <= state.items() else None

    found = await world.updates.changed.until(look, float(wish.get("timeout", WAIT)))
    if found is None:
        raise SimError(f"the updates never became {wish}; they are {_updates(world, {})}", 408)
    return found


async def _wait_for_calls(server: Server, wish: Json) -> list[Json]:
    log, wanted = server.world.calls, int(wish.get("count", 1))

    def look() -> list[Json] | None:
        found = log.find(**_call_filter(wish))
        return [call.as_json() for call in found] if len(found) >= wanted else None

    calls = await log.changed.until(look, float(wish.get("timeout", WAIT)))
    if calls is None:
        raise SimError(f"the bot never made {wanted} calls {wish}", 408)
    return calls


async def _token(server: Server, wish: Json) -> Json:
    world = server.world
    world.token = wish.get("token") or f"{world.bot.id}:AAEmulatorTokenNumber-{world.next_id():013d}"
    world.updates.stop_polling(ApiError(401, "Unauthorized"))
    return {"token": world.token}


async def _listener(server: Server, wish: Json) -> None:
    if wish["open"]:
        await server.open_listener()
    else:
        server.close_listener(wish.get("seconds"))


SERVER: dict[str, Callable[[Server, Json], Awaitable[Any]]] = {
    "POST updates/wait": _wait_for_updates,
    "POST calls/wait": _wait_for_calls,
    "POST token": _token,
    "POST listener": _listener,
}


def _call_filter(wish: Json) -> Json:
    names = {"method": str, "chat_id": int, "outcome": str, "after": int}
    return {name: kind(wish[name]) for name, kind in names.items() if wish.get(name) is not None}


def _reply_to(chat: Chat, wish: Json) -> Message | None:
    return chat.messages[int(wish["reply_to"])] if wish.get("reply_to") else None


def _number(message: Message) -> Json:
    return {"message_id": message.id}
