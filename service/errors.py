"""Errors with a meaning: refusals that a person hears, and sentences for an operator."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A use case says no, for a reason that the person is told.

    The wording is the response `refused_<code>` with `reasons` as its parameters; a subclass names its code.

    Args:
        **reasons: what the sentence needs: names, dates already in words, numbers.
    """

    code = "other"

    def __init__(self, **reasons: Any) -> None:
        super().__init__(self.code)
        self.reasons = reasons


class NotBound(Refusal):
    """The chat is not linked to a person, and the request needs one."""

    code = "not_bound"


class NotFound(Refusal):
    """Nothing of that name or number belongs to the person."""

    code = "not_found"


class OperatorError(Exception):
    """Something the operator has to put right; its text is one clear English sentence that says what to do."""


class TurnAborted(Exception):
    """The unit of work met an infrastructure failure and was rolled back; the turn can be replayed whole."""
