"""The methods about the bot itself, about chats and about files."""

from __future__ import annotations

import json
import re
from typing import Any

from .errors import bad_request
from .files import MAX_DOWNLOAD
from .params import Params
from .sending import known_chat
from .state import Json, World

MAX_COMMANDS = 100
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(world: World, params: Params) -> Json:
    """getMe."""
    return {
        **world.bot.as_api(),
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def log_out(world: World, params: Params) -> bool:
    """logOut: from now on every call is refused."""
    world.logged_out = True
    return True


def close(world: World, params: Params) -> bool:
    """close: the server lets go of the bot and takes it up again at its next call."""
    return True


def get_file(world: World, params: Params) -> Json:
    """getFile."""
    file = world.files.by_id.get(params.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id" if params.text("file_id") else "file_id not specified")
    if file.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


def get_chat(world: World, params: Params) -> Json:
    """getChat."""
    chat = known_chat(world, params)
    return {
        **chat.as_api(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }


def get_chat_member(world: World, params: Params) -> Json:
    """getChatMember."""
    chat = known_chat(world, params)
    user_id = params.integer("user_id")
    if user_id == world.bot.id:
        return member_json(world.bot.as_api(), chat.bot_status)
    if user_id not in world.users:
        raise bad_request("PARTICIPANT_ID_INVALID")
    there = user_id in chat.members or user_id == chat.id
    return member_json(world.users[user_id].as_api(), "member" if there else "left")


def member_json(user: Json, status: str) -> Json:
    """The `ChatMember` object; someone kicked stays so for ever."""
    return {"user": user, "status": status, **({"until_date": 0} if status == "kicked" else {})}


def set_my_commands(world: World, params: Params) -> bool:
    """setMyCommands."""
    commands = params.json("commands", "can't parse commands JSON object") or []
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(command.get("command", "").removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.about[_scope(params)] = [
        {"command": c["command"].removeprefix("/"), "description": c["description"]} for c in commands
    ]
    return True


def get_my_commands(world: World, params: Params) -> list[Json]:
    """getMyCommands."""
    commands: list[Json] = world.about.get(_scope(params), [])
    return commands


def delete_my_commands(world: World, params: Params) -> bool:
    """deleteMyCommands."""
    world.about.pop(_scope(params), None)
    return True


def set_my_name(world: World, params: Params) -> bool:
    """setMyName."""
    return _set_text(world, params, "name", 64)


def get_my_name(world: World, params: Params) -> Json:
    """getMyName."""
    return {"name": _get_text(world, params, "name") or world.bot.first_name}


def set_my_description(world: World, params: Params) -> bool:
    """setMyDescription: what a person reads before pressing Start."""
    return _set_text(world, params, "description", 512)


def get_my_description(world: World, params: Params) -> Json:
    """getMyDescription."""
    return {"description": _get_text(world, params, "description")}


def set_my_short_description(world: World, params: Params) -> bool:
    """setMyShortDescription: what stands on the bot's profile."""
    return _set_text(world, params, "short_description", 120)


def get_my_short_description(world: World, params: Params) -> Json:
    """getMyShortDescription."""
    return {"short_description": _get_text(world, params, "short_description")}


def set_chat_menu_button(world: World, params: Params) -> bool:
    """setChatMenuButton."""
    button = params.json("menu_button", "can't parse menu button JSON object") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "default", "web_app"):
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    world.about[f"menu {params.text('chat_id')}"] = button
    return True


def get_chat_menu_button(world: World, params: Params) -> Json:
    """getChatMenuButton: of this chat, else of all."""
    for chat_id in (params.text("chat_id"), ""):
        button: Json | None = world.about.get(f"menu {chat_id}")
        if button is not None:
            return button
    return {"type": "default"}


def _scope(params: Params) -> str:
    scope: Any = params.json("scope", "can't parse BotCommandScope JSON object") or {"type": "default"}
    return f"commands {json.dumps(scope, sort_keys=True)} {params.text('language_code')}"


def _set_text(world: World, params: Params, name: str, longest: int) -> bool:
    if len(params.text(name)) > longest:
        raise bad_request(f"{name.upper()}_TOO_LONG")
    world.about[f"{name} {params.text('language_code')}"] = params.text(name)
    return True


def _get_text(world: World, params: Params, name: str) -> str:
    own = world.about.get(f"{name} {params.text('language_code')}")
    return str(own or world.about.get(f"{name} ", ""))
