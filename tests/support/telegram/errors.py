"""Refusals of the Bot API, in Telegram's own words, and refusals of the emulator's own controls."""

from __future__ import annotations


class ApiError(Exception):
    """A refusal the bot sees: HTTP status, description, and response parameters such as `retry_after`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, object]:
        """The body Telegram sends with this refusal."""
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class SimError(Exception):
    """A request to /sim that a person with a phone could not make, such as pressing a button not shown."""

    def __init__(self, message: str, status: int = 409) -> None:
        super().__init__(message)
        self.status = status


def bad_request(text: str) -> ApiError:
    """400, with the prefix Telegram puts before the reason."""
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """403, with the prefix Telegram puts before the reason."""
    return ApiError(403, f"Forbidden: {text}")


def too_many_requests(retry_after: int) -> ApiError:
    """429: nothing was done, and the bot must be quiet for `retry_after` seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def chat_upgraded(new_id: int) -> ApiError:
    """400 for a group that has become the supergroup `new_id`."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return ApiError(400, text, migrate_to_chat_id=new_id)
