"""The page's fence: nothing from or to elsewhere, and no body larger than what the page itself would send."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.chat_page.answers import Declined

_POLICY = (
    "default-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FROM_ELSEWHERE = "这个请求不是从本页面发出的，没有办理。请刷新页面再试。"
_TOO_LARGE = "内容太大，发不出去。照片请不要超过 10 MB。"


class Guard:
    """Wraps the page's application.

    Args:
        largest: the most bytes a request's body may have.
    """

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        if scope["method"] not in ("GET", "HEAD") and not _from_own_page(headers):
            await JSONResponse({"error": _FROM_ELSEWHERE}, 403)(scope, receive, send_guarded)
        elif int(headers.get("content-length", "0")) > self.largest:
            await JSONResponse({"error": _TOO_LARGE}, 413)(scope, receive, send_guarded)
        else:
            await self.app(scope, self._limited(receive), send_guarded)

    def _limited(self, receive: Receive) -> Receive:
        """A body without Content-Length is counted as it comes."""
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.largest:
                raise Declined(_TOO_LARGE, 413)
            return message

        return counted


def _from_own_page(headers: Headers) -> bool:
    """Browsers name the page that a request comes from; ours comes from the very host it is sent to."""
    origin = urlsplit(headers.get("origin", ""))
    return origin.scheme in ("http", "https") and origin.netloc == headers.get("host")
