"""Sections of a world: units, campaigns, suggestions with their whole way, research reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import root_validator, validator
from sqlalchemy import update

from service.clock import local
from service.errors import OperatorError
from service.messages.models import outbox
from service.organisations.units import keep_unit
from service.people.models import Person
from service.staff import queries as staff_queries
from service.staff.models import Staff
from service.suggestions import news
from service.suggestions.campaigns import open_campaign
from service.suggestions.feedback import rate, reopen
from service.suggestions.merging import merge
from service.suggestions.path import decide, forward, instruct, record_outcome, start
from service.suggestions.replying import draft_reply, publish_reply
from service.suggestions.reports import file_report, note_report_outcome
from service.suggestions.seconding import second
from service.suggestions.states import ADOPTED, DECLINED, PARTLY, RECEIVED, WITHDRAWN
from service.suggestions.submitting import submit, withdraw
from service.world.parts import Loading, Part, explained, named, one_of, places, text
from service.world.times import When

_LONG = 2000
_STEPS = ("转办", "批示", "办理", "草稿", "答复", "采纳", "部分采纳", "未采纳", "成果", "评价", "重办")


class Unit(Part):
    """A unit that matters are passed on to, and who answers for it."""

    name: str = named(128)
    liaison: str = text(64)
    phone: str = text(32)


class Campaign(Part):
    """A call for suggestions."""

    title: str = named()
    theme: str = text(256)
    opens: When = When("now")
    closes: When = When("+30d")


class Step(Part):
    """One step on a suggestion's way; `by` is a member of staff, for 批示 the leader as the author reads it."""

    step: str
    when: When = When("now")
    by: str = ""
    words: str = text(_LONG)
    unit: str = ""
    due: When | None = None
    stars: int | None = None

    _step = validator("step", allow_reuse=True)(one_of(_STEPS))

    @root_validator(skip_on_failure=True)
    def _has_what_it_needs(cls, given: dict[str, Any]) -> dict[str, Any]:
        if given["step"] == "转办" and not (given["unit"] and given["due"]):
            raise ValueError("转办 needs unit and due")
        if given["step"] == "评价" and given["stars"] is None:
            raise ValueError("评价 needs stars")
        return given


class Suggestion(Part):
    """What somebody proposes, who seconds it, and its way so far; `merged_into` is the words of an earlier one."""

    person: str
    words: str = named(_LONG)
    when: When = When("now")
    state: str = RECEIVED
    unnamed: bool = False
    campaign: str = ""
    seconded: tuple[str, ...] = ()
    path: tuple[Step, ...] = ()
    merged_into: str = ""

    _state = validator("state", allow_reuse=True)(one_of((RECEIVED, WITHDRAWN)))


class Report(Part):
    """A research report; `words` is what its document says."""

    title: str = named(128)
    authors: str = named(128)
    finished: When = When("now")
    words: str = named(20_000)
    outcome: str = text(_LONG)
    outcome_on: When = When("now")


def load_units(given: Sequence[Unit], loading: Loading) -> None:
    """The units of the office."""
    for place, row in places("units", given):
        unit = keep_unit(loading.office_id, row.name, row.liaison, row.phone)
        loading.name("unit", row.name, unit, place)


def load_campaigns(given: Sequence[Campaign], loading: Loading) -> None:
    """The campaigns, past, running and to come."""
    for place, row in places("campaigns", given):
        opens, closes = (local(each.at(loading.now)).date() for each in (row.opens, row.closes))
        with explained(place):
            campaign = open_campaign(row.title, row.theme, opens, closes)
        loading.name("campaign", row.title, campaign, place)


def load_suggestions(given: Sequence[Suggestion], loading: Loading) -> None:
    """The suggestions in the order they were handed in, then every step of all of them in its order."""
    later: list[tuple[datetime, int, str, Callable[[], object]]] = []
    for place, row in sorted(places("suggestions", given), key=lambda each: each[1].when.at(loading.now)):
        person, when = loading.person(row.person, f"{place}.person"), row.when.at(loading.now)
        campaign = loading.find("campaign", row.campaign, f"{place}.campaign") if row.campaign else None
        with explained(place):
            matter = submit(
                person,
                loading.chat_of(person, when),
                row.words,
                [],
                when,
                unnamed=row.unnamed,
                campaign_id=campaign.id if campaign else None,
            )
            if row.state == WITHDRAWN:
                withdraw(person, matter.receipt_no, when)
        loading.name("suggestion", row.words, matter.receipt_no, place)
        for other in row.seconded:
            who = loading.person(other, f"{place}.seconded")
            later.append((when, len(later), place, _seconding(who, matter.receipt_no, when)))
        for number, step in enumerate(row.path):
            at, moment = f"{place}.path[{number}]", step.when.at(loading.now)
            later.append((moment, len(later), at, _taken(step, person, matter.receipt_no, loading, at)))
        if row.merged_into:
            into = loading.find("suggestion", row.merged_into, f"{place}.merged_into")
            later.append((when, len(later), place, _merged(matter.receipt_no, into, when, loading)))
    for _, _, at, do in sorted(later, key=lambda each: each[:2]):
        with explained(at):
            do()
    # Whoever is tried first is not to hear at once of everything that happened in months.
    told = update(outbox).where(outbox.c.kind == news.KIND, outbox.c.created_at < loading.now)
    loading.session.execute(told.values(state="sent", settled_at=outbox.c.created_at))


def load_reports(given: Sequence[Report], loading: Loading) -> None:
    """The research reports, each as a document of plain text."""
    for place, row in places("reports", given):
        with TemporaryDirectory() as folder, explained(place):
            document = Path(folder) / "report.txt"
            document.write_text(f"{row.title}\n{row.authors}\n\n{row.words}\n", encoding="utf-8")
            finished = local(row.finished.at(loading.now)).date()
            report = file_report(row.title, row.authors, finished, document, loading.now)
        if row.outcome:
            note_report_outcome(report.id, row.outcome, local(row.outcome_on.at(loading.now)).date())


def _seconding(who: Person, number: str, when: datetime) -> Callable[[], object]:
    return lambda: second(who, number, when)


def _merged(number: str, into: str, when: datetime, loading: Loading) -> Callable[[], object]:
    return lambda: merge(number, into, when, staff=_staff("", loading, number))


def _taken(step: Step, author: Person, number: str, loading: Loading, place: str) -> Callable[[], object]:
    """What a step does when its time has come.

    Raises:
        OperatorError: it names a unit or a member of staff that is not there.
    """
    now, words = step.when.at(loading.now), step.words
    who = _staff("" if step.step == "批示" else step.by, loading, f"{place}.by")
    if step.step == "转办" and step.due is not None:
        unit = loading.find("unit", step.unit, f"{place}.unit")
        due = local(step.due.at(loading.now)).date()
        return lambda: forward(number, unit, due, now, staff=who, words=words)

    def answer() -> None:
        draft_reply(number, words, now, staff=who)
        publish_reply(number, now, staff=who)

    taken: dict[str, Callable[[], object]] = {
        "批示": lambda: instruct(number, step.by, words, local(now).date(), now, staff=who),
        "办理": lambda: start(number, now, staff=who, words=words),
        "草稿": lambda: draft_reply(number, words, now, staff=who),
        "答复": answer,
        "采纳": lambda: decide(number, ADOPTED, now, staff=who, words=words),
        "部分采纳": lambda: decide(number, PARTLY, now, staff=who, words=words),
        "未采纳": lambda: decide(number, DECLINED, now, staff=who, words=words),
        "成果": lambda: record_outcome(number, words, now, staff=who),
        "评价": lambda: rate(author, number, step.stars or 0, now),
        "重办": lambda: reopen(author, number, words, now),
    }
    return taken[step.step]


def _staff(name: str, loading: Loading, place: str) -> Staff:
    """The member of staff of that name, or the first one."""
    found: Staff
    if name:
        found = loading.find("member of staff", name, place)
        return found
    everybody = staff_queries.everybody()
    if not everybody:
        raise OperatorError(f"{place}: there is no member of staff who could have done it.")
    return everybody[0]
