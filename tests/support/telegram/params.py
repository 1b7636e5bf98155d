"""The parameters of one call, from wherever the Bot API accepts them: address, form, JSON body, multipart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .errors import ApiError, bad_request
from .files import MAX_UPLOAD, Upload

FORM_OVERHEAD = 1024 * 1024  # what a multipart body may hold besides its largest file


@dataclass(slots=True)
class Params:
    """Named values, as text or as parsed JSON, and uploaded files by field name."""

    values: Mapping[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text, or "" where it is absent."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0, low: int | None = None, high: int | None = None) -> int:
        """A whole number, kept within its limits; what is not a number counts as absent, as on the server."""
        try:
            value = int(self.text(name))
        except ValueError:
            value = default
        value = value if low is None else max(value, low)
        return value if high is None else min(value, high)

    def number(self, name: str) -> float:
        """A decimal number. Raises ApiError where it is absent or is none."""
        try:
            return float(self.text(name))
        except ValueError:
            raise bad_request(f"{name} is empty" if not self.text(name) else f"{name} is invalid") from None

    def boolean(self, name: str) -> bool:
        """True for true, yes or 1."""
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, complaint: str = "can't parse JSON object") -> Any:
        """A value written as JSON, or None where it is absent. Raises ApiError with `complaint`."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(complaint) from None


async def read_params(request: web.BaseRequest) -> Params:
    """Reads a call. Raises ApiError: 413 for a body beyond the upload limit, 400 for a malformed one."""
    values: dict[str, Any] = dict(request.rel_url.query)
    if not request.can_read_body:
        return Params(values)
    if (request.content_length or 0) > MAX_UPLOAD + FORM_OVERHEAD:
        raise ApiError(413, "Request Entity Too Large")
    kind = request.content_type
    if kind == "multipart/form-data":
        return await _read_multipart(request, values)
    body = await request.read()
    if kind == "application/json":
        try:
            parsed = json.loads(body)
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(parsed, dict):
            raise bad_request("can't parse JSON object")
        values |= parsed
    else:
        values |= parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return Params(values)


async def _read_multipart(request: web.BaseRequest, values: dict[str, Any]) -> Params:
    files = {}
    try:
        form = await request.post()
    except ValueError:
        raise bad_request("can't parse multipart form") from None
    for name, value in form.items():
        if isinstance(value, web.FileField):
            content = value.file.read()
            if len(content) > MAX_UPLOAD:
                raise ApiError(413, "Request Entity Too Large")
            files[name] = Upload(value.filename, content, len(content), value.content_type)
        else:
            values[name] = value
    return Params(values, files)
