"""Sections of a world: the people, the chats they write from, the codes they were given."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, root_validator, validator

from service.activities.models import CLASSES
from service.clock import local
from service.messages import bindings, chats
from service.messages.models import BindingCode
from service.people import models, preferences, skills
from service.people.queries import digits
from service.world.parts import Loading, Part, named, one_of, places, text
from service.world.times import When

_CHANNELS = ("telegram", "page", "terminal", "rasa")


class Person(Part):
    """Somebody on the roster; `class_since` and `class_reason` say when and why they got their class."""

    name: str = named()
    phone: str | None = None
    phones: tuple[str, ...] = ()
    sex: str = ""
    birth_year: int | None = Field(None, ge=1900, le=2100)
    status: str = "退休"
    party_member: bool = False
    former_unit: str = text(128)
    rank_level: str = text(32)
    activity_class: str = "正常活动"
    class_since: When = When("now")
    class_reason: str = text(256)
    branch: str | None = None
    community: str | None = None
    skills: tuple[str, ...] = ()
    quiet_from: int | None = Field(None, ge=0, le=23)
    quiet_until: int | None = Field(None, ge=0, le=23)

    _sex = validator("sex", allow_reuse=True)(one_of(("男", "女", "")))
    _status = validator("status", allow_reuse=True)(one_of(("离休", "退休")))
    _class = validator("activity_class", allow_reuse=True)(one_of(CLASSES))

    @validator("phone", "phones", each_item=True)
    def _number(cls, phone: str) -> str:
        if not 5 <= len(digits(phone)) <= 20:
            raise ValueError(f"{phone} is not a phone number")
        return digits(phone)

    @root_validator(skip_on_failure=True)
    def _quiet_has_two_ends(cls, given: dict[str, object]) -> dict[str, object]:
        if (given["quiet_from"] is None) != (given["quiet_until"] is None):
            raise ValueError("quiet_from and quiet_until go together")
        return given

    @property
    def numbers(self) -> list[str]:
        """Every phone number once."""
        return list(dict.fromkeys([*([self.phone] if self.phone else []), *self.phones]))


class Chat(Part):
    """A chat that is linked to people, of whom it speaks for the first, or where a member of staff is alerted."""

    channel: str = "telegram"
    address: str = named()
    people: tuple[str, ...] = ()
    staff: str | None = None
    opened: When = When("now")

    _channel = validator("channel", allow_reuse=True)(one_of(_CHANNELS))

    @root_validator(skip_on_failure=True)
    def _is_somebodys(cls, given: dict[str, object]) -> dict[str, object]:
        if not (given["people"] or given["staff"]):
            raise ValueError("this needs people or staff")
        return given


class Code(Part):
    """A one-time code that somebody was given to link a chat; it holds for fourteen days if not said."""

    person: str
    code: str = Field(..., regex=r"^\d{6}$")
    issued: When = When("now")
    expires: When | None = None


def load_people(given: Sequence[Person], loading: Loading) -> None:
    """The roster."""
    for place, row in places("people", given):
        details = row.dict(include={"name", "sex", "birth_year", "status", "party_member", "former_unit"})
        person = models.Person(**details, rank_level=row.rank_level, activity_class=row.activity_class)
        if row.branch:
            person.branch_id = loading.find("branch", row.branch, f"{place}.branch").id
        if row.community:
            person.community_id = loading.find("community", row.community, f"{place}.community").id
        loading.add(person)
        loading.session.add_all(models.Phone(person_id=person.id, number=number) for number in row.numbers)
        since = local(row.class_since.at(loading.now)).date()
        loading.session.add(models.ActivityClass(person.id, row.activity_class, since, row.class_reason))
        loading.name_person(person, row.numbers)
        for skill in row.skills:
            skills.offer(person.id, skill, loading.now)
        if row.quiet_from is not None and row.quiet_until is not None:
            preferences.keep_quiet(person.id, row.quiet_from, row.quiet_until)
    loading.session.flush()


def load_chats(given: Sequence[Chat], loading: Loading) -> None:
    """The chats, linked to their people."""
    for place, row in places("chats", given):
        opened = row.opened.at(loading.now)
        chat = chats.open_chat(row.channel, row.address, opened)
        who = [loading.person(name, f"{place}.people[{number}]") for number, name in enumerate(row.people)]
        # A chat speaks for whoever was linked to it last.
        for person in [*who, *who[:1]]:
            chats.bind(chat, person, "staff", opened)
        if row.staff:
            loading.find("member of staff", row.staff, f"{place}.staff").chat_id = chat.id
            loading.session.flush()


def load_codes(given: Sequence[Code], loading: Loading) -> None:
    """The codes, of which the database keeps only a hash."""
    for place, row in places("codes", given):
        person = loading.person(row.person, f"{place}.person")
        issued = row.issued.at(loading.now)
        expires = row.expires.at(loading.now) if row.expires else issued + bindings.CODE_LIFETIME
        # The use case draws its codes at random, and a world needs one that is known beforehand.
        code_hash = bindings._hash(row.code)
        loading.add(BindingCode(person.id, code_hash, issued_at=issued, expires_at=expires))
