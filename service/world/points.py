"""Sections of a world: what earns how much, rewards and who has them, the time bank, and praise."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, validator

from service.clock import local
from service.ledger import rules
from service.rewards import handing_out, redeeming, shelf
from service.rewards import recognising as praise
from service.rewards.models import RECOGNITION_KINDS
from service.rewards.models import Reward as RewardRow
from service.timebank import asking, helping
from service.world.parts import Loading, Part, explained, named, one_of, places, text
from service.world.times import When

_MOST = 1_000_000
_STATES = ("reserved", "picked_up", "cancelled")


class Rule(Part):
    """What earns how much from a day on; points 0 end the earning."""

    what: str
    points: int = Field(..., ge=0, le=_MOST)
    daily_cap: int | None = Field(None, ge=0, le=_MOST)
    yearly_cap: int | None = Field(None, ge=0, le=_MOST)
    since: When = When("now")

    _what = validator("what", allow_reuse=True)(one_of(tuple(rules.CODES)))


class Reward(Part):
    """Something to be had for points; `weekdays` are those it is handed out on, 1 for Monday."""

    name: str = named()
    also: tuple[str, ...] = ()
    unit: str = text(8, "份")
    price: int = Field(..., ge=1, le=_MOST)
    stock: int = Field(..., ge=0, le=_MOST)
    per_person: int | None = Field(None, ge=1, le=_MOST)
    place: str = named(128)
    times: str = named(128)
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    days: int = Field(14, ge=1, le=365)
    about: str = text(256)


class Redemption(Part):
    """A reward that somebody asked for; `by` is the member of staff who handed it out."""

    person: str
    reward: str
    quantity: int = Field(1, ge=1, le=99)
    when: When = When("now")
    state: str = "reserved"
    by: str = ""

    _state = validator("state", allow_reuse=True)(one_of(_STATES))


class Help(Part):
    """Help that somebody asks for from the time bank; `helper` took it on, and `done` says that both confirmed."""

    person: str
    words: str = named(60)
    starts: When
    hours: float = Field(..., gt=0, le=8)
    when: When = When("now")
    helper: str = ""
    done: bool = False


class Recognition(Part):
    """Praise, a certificate or an allowance that `by` recorded; `yuan` only of an allowance."""

    person: str
    kind: str
    title: str = named(128)
    earned_by: str = named(256)
    by: str
    yuan: float = Field(0, ge=0, le=_MOST)
    when: When = When("now")

    _kind = validator("kind", allow_reuse=True)(one_of(RECOGNITION_KINDS))


def load_rules(given: Sequence[Rule], loading: Loading) -> None:
    """The rules, in the order of the file."""
    for place, row in places("rules", given):
        since = row.since.at(loading.now)
        with explained(place):
            rules.set_rule(row.what, row.points, since, daily_cap=row.daily_cap, yearly_cap=row.yearly_cap)


def load_rewards(given: Sequence[Reward], loading: Loading) -> None:
    """The rewards."""
    for place, row in places("rewards", given):
        with explained(place):
            made = shelf.add(
                RewardRow(
                    name=row.name,
                    unit=row.unit,
                    price=row.price,
                    stock=row.stock,
                    pickup_place=row.place,
                    pickup_times=row.times,
                    also=list(row.also),
                    per_person=row.per_person,
                    pickup_weekdays=[day - 1 for day in row.weekdays],
                    pickup_days=row.days,
                    about=row.about,
                )
            )
        loading.name("reward", row.name, made, place)


def load_redemptions(given: Sequence[Redemption], loading: Loading) -> None:
    """The redemptions, in the order they were made, paid with what the ledger says people have by now."""
    for place, row in sorted(places("redemptions", given), key=lambda each: each[1].when.at(loading.now)):
        person, when = loading.person(row.person, f"{place}.person"), row.when.at(loading.now)
        reward = loading.find("reward", row.reward, f"{place}.reward")
        with explained(place):
            done = redeeming.redeem(person, reward.id, row.quantity, f"world:{place}", when)
            if row.state == "cancelled":
                redeeming.cancel(person, done.receipt_no, when)
        if row.state == "picked_up":
            handing_out.hand_out(
                done.receipt_no, loading.find("member of staff", row.by, f"{place}.by"), when
            )


def load_helps(given: Sequence[Help], loading: Loading) -> None:
    """The requests for help, in the order they were asked."""
    for place, row in sorted(places("helps", given), key=lambda each: each[1].when.at(loading.now)):
        person, when = loading.person(row.person, f"{place}.person"), row.when.at(loading.now)
        starts_at, minutes = row.starts.at(loading.now), round(row.hours * 60)
        with explained(place):
            asked = asking.ask_for_help(person, row.words, starts_at, minutes, f"world:{place}", when)
            if not row.helper:
                continue
            helper = loading.person(row.helper, f"{place}.helper")
            helping.claim(helper, asked.receipt_no, when)
            if row.done:
                for each in (helper, person):
                    helping.confirm(each, asked.receipt_no, asked.ends_at)


def load_recognitions(given: Sequence[Recognition], loading: Loading) -> None:
    """Praise, certificates and allowances."""
    for place, row in places("recognitions", given):
        person, when = loading.person(row.person, f"{place}.person"), row.when.at(loading.now)
        by = loading.find("member of staff", row.by, f"{place}.by")
        with explained(place):
            praise.recognise(
                person,
                row.kind,
                row.title,
                row.earned_by,
                by,
                when,
                given_on=local(when).date(),
                yuan=row.yuan,
            )
