"""The connection to Telegram: one bot on one pool of connections, for gateway and messenger alike."""

from __future__ import annotations

import os
import re
from typing import Any

from telegram.ext import Application

from bot.telegram.handlers import add_handlers
from bot.telegram.transport import Transport
from service.errors import OperatorError

_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{10,}")


def connect(token: str, base_url: str) -> Application[Any, Any, Any, Any, Any, Any]:
    """The library's application with our handlers, without its own way of fetching updates.

    Nothing is sent yet. Closed by `application.bot.request.shutdown()`.

    Raises:
        OperatorError: the token cannot be one.
    """
    if not _TOKEN.fullmatch(token):
        raise OperatorError(
            "TELEGRAM_BOT_TOKEN is no bot token. Copy it whole from @BotFather, or leave it empty."
        )
    # The library's coming way to give durations; its present one warns at every use, its own included.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    base = base_url.rstrip("/")
    transport = Transport()
    application = (
        Application.builder()
        .token(token)
        .base_url(f"{base}/bot")
        .base_file_url(f"{base}/file/bot")
        .request(transport)
        .get_updates_request(transport)
        .updater(None)
        .job_queue(None)
        .build()
    )
    add_handlers(application)
    return application
