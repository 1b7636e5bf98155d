"""Who is at the page: a cookie that nobody can guess, whose hash is the address of the chat."""

from __future__ import annotations

import hashlib
import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from bot.chat_page.answers import NotHere

COOKIE = "chat"
_YEAR = 365 * 24 * 3600
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def is_known(request: Request) -> bool:
    """Whether the browser brought a cookie of ours."""
    return _FORM.fullmatch(request.cookies.get(COOKIE, "")) is not None


def address_of(request: Request) -> str:
    """The address of the visitor's chat; the database never sees the cookie itself.

    Raises:
        NotHere: there is no cookie of ours.
    """
    if not is_known(request):
        raise NotHere()
    return hashlib.sha256(request.cookies[COOKIE].encode()).hexdigest()


def welcome(request: Request, response: Response) -> None:
    """Give the browser a new chat.

    Only answers to the page's own requests may do this. A visit that follows a link from elsewhere comes
    without the cookie, since it is SameSite=Strict; a new one given then would cost people their chat.
    """
    response.set_cookie(
        COOKIE,
        secrets.token_urlsafe(32),
        max_age=_YEAR,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
