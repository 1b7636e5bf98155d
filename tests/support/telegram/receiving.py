"""The methods by which the bot gets its updates: asking for them, or naming an address to post them to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from .errors import ApiError, bad_request
from .params import Params
from .state import Json, World
from .webhook import Webhook

LONGEST_POLL = 50  # seconds
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True)
class Described:
    """A result that comes with a sentence about it."""

    result: bool
    description: str


async def get_updates(world: World, params: Params) -> list[Json]:
    """getUpdates."""
    queue = world.updates
    if world.webhook is not None:
        await queue.conflict(WEBHOOK_ACTIVE)
    _set_allowed(world, params)
    limit = params.integer("limit", 100, 1, 100)
    return await queue.poll(params.integer("offset"), limit, params.integer("timeout", 0, 0, LONGEST_POLL))


async def set_webhook(world: World, params: Params) -> Described:
    """setWebhook. Telegram insists on https; an address on this machine may do without."""
    url = params.text("url")
    if not url:
        return await delete_webhook(world, params)
    parts = urlsplit(url)
    if not parts.hostname:
        raise bad_request("bad webhook: invalid webhook URL specified")
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.text("secret_token")
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    same = world.webhook is not None and (world.webhook.url, world.webhook.secret) == (url, secret)
    await end_webhook(world)
    _set_allowed(world, params)
    if params.boolean("drop_pending_updates"):
        world.updates.clear()
    world.updates.stop_polling(ApiError(409, "Conflict: terminated by setWebhook request"))
    world.webhook = Webhook(url, world.updates, secret, params.integer("max_connections", 40, 1, 100))
    world.webhook.start()
    return Described(True, "Webhook is already set" if same else "Webhook was set")


async def delete_webhook(world: World, params: Params) -> Described:
    """deleteWebhook."""
    was_set = world.webhook is not None
    await end_webhook(world)
    if params.boolean("drop_pending_updates"):
        world.updates.clear()
    return Described(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


async def get_webhook_info(world: World, params: Params) -> Json:
    """getWebhookInfo."""
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": world.updates.pending()}
    if world.updates.allowed is not None:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return info | (world.webhook.as_info() if world.webhook else {})


async def end_webhook(world: World) -> None:
    """Stops posting updates, if that is how they are delivered."""
    webhook, world.webhook = world.webhook, None
    if webhook is not None:
        await webhook.stop()


def _set_allowed(world: World, params: Params) -> None:
    """An absent list leaves things as they are; an empty one brings back the default."""
    kinds = params.json("allowed_updates")
    if isinstance(kinds, list):
        world.updates.allowed = set(kinds) or None
