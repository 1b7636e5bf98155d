"""What sections of a world file are made of: strict parts, names as references, errors with their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from service.errors import OperatorError, Refusal
from service.messages import chats
from service.messages.models import Chat
from service.people.models import Person
from service.people.queries import digits

P = TypeVar("P", bound="Part")


class Part(BaseModel):
    """A mapping of a world file; a key that it does not name is an error."""

    class Config:
        """Of pydantic."""

        extra = "forbid"
        allow_mutation = False
        anystr_strip_whitespace = True


def named(length: int = 64) -> Any:
    """A field that must be given and not be empty, of at most so many characters."""
    return Field(..., min_length=1, max_length=length)


def text(length: int, default: str = "") -> Any:
    """A field that may be left out, of at most so many characters."""
    return Field(default, max_length=length)


def one_of(allowed: Sequence[str]) -> Callable[[str], str]:
    """A check for pydantic's `validator` that a word is one of those allowed."""

    def check(word: str) -> str:
        if word not in allowed:
            raise ValueError(f"{word} is not one of {', '.join(allowed)}")
        return word

    return check


class Loading:
    """A world on its way into the database: the transaction, the time, and who and what has a name by now."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.office_id = 0
        self._named: dict[tuple[str, str], Any] = {}
        self._people: dict[str, list[Person]] = {}

    def add(self, row: Any) -> None:
        """Put a row into the database, so that it has its id."""
        self.session.add(row)
        self.session.flush()

    def name(self, kind: str, name: str, row: Any, place: str) -> None:
        """Remember what goes by a name.

        Raises:
            OperatorError: another of its kind does already.
        """
        if (kind, name) in self._named:
            raise OperatorError(f"{place}: another {kind} is called {name} already.")
        self._named[kind, name] = row

    def find(self, kind: str, name: str, place: str) -> Any:
        """The row that goes by a name.

        Raises:
            OperatorError: none of its kind does.
        """
        if (kind, name) not in self._named:
            raise OperatorError(f"{place}: no {kind} is called {name}.")
        return self._named[kind, name]

    def name_person(self, person: Person, phones: Sequence[str]) -> None:
        """Remember a person by name and phone numbers."""
        for word in {person.name, *phones}:
            self._people.setdefault(word, []).append(person)

    def person(self, who: str, place: str) -> Person:
        """The person of that name or phone number.

        Raises:
            OperatorError: there is none, or more than one.
        """
        found = self._people.get(who) or self._people.get(digits(who) or who, [])
        if not found:
            raise OperatorError(f"{place}: nobody on the roster is called {who}.")
        if len(found) > 1:
            raise OperatorError(f"{place}: {len(found)} people are called {who}; give a phone of one.")
        return found[0]

    def chat_of(self, person: Person, when: datetime) -> Chat:
        """The person's chat: one that the file gives them, else the one of `bot chat`."""
        chat = chats.chat_for(person.id)
        if chat is None:
            chat = chats.open_chat("terminal", f"person-{person.id}", when)
            chats.bind(chat, person, "demo", when)
        return chat


def places(section: str, rows: Sequence[P]) -> Iterator[tuple[str, P]]:
    """Each row with its place in the file: activities[3]."""
    for number, row in enumerate(rows):
        yield f"{section}[{number}]", row


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Say where in the file it was when a use case refuses.

    Raises:
        OperatorError: it did.
    """
    try:
        yield
    except Refusal as refusal:
        why = "; ".join(f"{name} {value}" for name, value in refusal.reasons.items())
        raise OperatorError(
            f"{place}: refused, {refusal.code.replace('_', ' ')}{f' ({why})' if why else ''}."
        ) from None
    except ValueError as error:
        raise OperatorError(f"{place}: {error}.") from None
