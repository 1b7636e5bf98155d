"""`bot admin suggestions`: what was proposed, and taking it along its path."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import typer

from bot.admin_campaigns import campaigns
from bot.admin_reports import reports
from bot.admin_tables import listing, one_of_staff, or_say, show, when
from service import clock, wording
from service.errors import NotFound, OperatorError, Refusal
from service.matters.attachments import of_matter
from service.matters.queries import normal_no
from service.organisations.units import unit_called
from service.people import queries as people
from service.suggestions import figures as suggestion_figures
from service.suggestions import merging, path, queries, replying, submitting
from service.suggestions.hops import hops_of
from service.suggestions.overdue import overdue as late_ones
from service.suggestions.records import find, supporters_of
from service.suggestions.states import ADOPTED, DECLINED, PARTLY

suggestions = typer.Typer(invoke_without_command=True, help="Suggestions; lists those handed in last.")
suggestions.add_typer(campaigns, name="campaigns")
suggestions.add_typer(reports, name="reports")

_RECEIPT = typer.Argument(..., metavar="RECEIPT", help="Its receipt number: S2026-0153.")
_BY = typer.Option(..., help="The member of staff who does it.")
_WORDS = typer.Option("", help="What the author is told besides, in Chinese.")
_DAY = ["%Y-%m-%d"]
_DAYS_TO_ANSWER = 15
_DECISIONS = {"adopt": ADOPTED, "partly": PARTLY, "decline": DECLINED}


@suggestions.callback()
def list_latest(
    context: typer.Context,
    limit: int = typer.Option(50, help="How many at most."),
    state: str = typer.Option("", help="Only those in this state: 已收到."),
    campaign: str = typer.Option("", help="Only those of the campaign of this title."),
) -> None:
    """List the suggestions handed in last, newest first."""
    if context.invoked_subcommand is not None:
        return
    table = listing("编号", "提出人", "时间", "状态", "附议", "内容")
    for each in queries.latest(limit, state, campaign):
        cells = (each.matter.receipt_no, each.author.name, when(each.suggestion.submitted_at))
        count = str(supporters_of(each.suggestion))
        table.append((*cells, each.matter.state, count, each.suggestion.words))
    show(table, "No suggestions.")


@suggestions.command("show")
def show_one(receipt: str = _RECEIPT) -> None:
    """Show one with every hop and every version of the reply, drafts included."""
    with _explained(receipt):
        record = find(receipt)
    author = people.get(record.suggestion.person_id).name
    print(f"{record.receipt_no} {record.suggestion.state}, {author}: {record.suggestion.words}")
    print(f"Seconded by {supporters_of(record.suggestion)}")
    for thing in of_matter(record.matter):
        print(f"Came with it: {thing.kind} {thing.file}")
    if record.suggestion.rating is not None:
        print(f"Rated {record.suggestion.rating} of 5")
    table = listing("时间", "一步", "谁", "期限", "内容")
    for hop in hops_of(record.id):
        due = str(hop.due_on or hop.dated or "")
        table.append((when(hop.happened_at), hop.kind, hop.who, due, hop.words))
    show(table, "No hops.")
    versions = listing("答复", "写于", "发布于")
    for reply in replying.replies_of(record.id):
        published = when(reply.published_at) if reply.published_at else "草稿"
        versions.append((reply.words, when(reply.written_at), published))
    show(versions, "No reply drafted.")


@suggestions.command()
def forward(
    receipt: str = _RECEIPT,
    unit: str = typer.Argument(..., metavar="UNIT", help="The unit's name. See: python -m bot admin units."),
    due: datetime = typer.Option(None, formats=_DAY, help="The day to answer by; in 15 days by default."),
    words: str = _WORDS,
    by: str = _BY,
) -> None:
    """Pass one on to a unit (转办); the author is told."""
    with or_say(f"No unit is called {unit}. See: python -m bot admin units."):
        to = unit_called(unit)
    day = due.date() if due else clock.local(clock.now()).date() + timedelta(days=_DAYS_TO_ANSWER)
    with _explained(receipt):
        path.forward(receipt, to, day, clock.now(), staff=one_of_staff(by), words=words)
    print(f"Passed {_number(receipt)} on to {to.name}, due {day}; the author is told")


@suggestions.command()
def start(receipt: str = _RECEIPT, words: str = _WORDS, by: str = _BY) -> None:
    """Note that the unit has taken one up (办理中); the author is told."""
    with _explained(receipt):
        path.start(receipt, clock.now(), staff=one_of_staff(by), words=words)
    print(f"{_number(receipt)} is under way; the author is told")


@suggestions.command()
def instruct(
    receipt: str = _RECEIPT,
    leader: str = typer.Argument(..., metavar="LEADER", help="Who signed, as the author reads it."),
    text: str = typer.Argument(..., metavar="TEXT", help="The instruction, in Chinese."),
    dated: datetime = typer.Option(..., formats=_DAY, help="The day it bears."),
    by: str = _BY,
) -> None:
    """Note a leader's instruction (批示); the author is told, the state stays."""
    with _explained(receipt):
        path.instruct(receipt, leader, text, dated.date(), clock.now(), staff=one_of_staff(by))
    print(f"Noted the instruction on {_number(receipt)}; the author is told")


@suggestions.command()
def draft(receipt: str = _RECEIPT, text: str = typer.Argument(..., metavar="TEXT"), by: str = _BY) -> None:
    """Draft the reply, or a new version of it; nobody but staff sees it."""
    with _explained(receipt):
        replying.draft_reply(receipt, text, clock.now(), staff=one_of_staff(by))
    print(f"Kept a draft for {_number(receipt)}; publish it with: python -m bot admin suggestions publish")


@suggestions.command()
def publish(receipt: str = _RECEIPT, by: str = _BY) -> None:
    """Publish the latest draft (已答复); author and seconders read it."""
    with _explained(receipt):
        replying.publish_reply(receipt, clock.now(), staff=one_of_staff(by))
    print(f"Published the reply to {_number(receipt)}; author and seconders are told")


@suggestions.command()
def decide(
    receipt: str = _RECEIPT,
    decision: str = typer.Argument(..., metavar="adopt|partly|decline"),
    words: str = typer.Option("", help="What is done about it; needed to decline: the reason."),
    by: str = _BY,
) -> None:
    """Adopt one, in whole or in part, or decline it; author and seconders are told."""
    if decision not in _DECISIONS:
        raise OperatorError(f"{decision} is no decision; it is one of {', '.join(_DECISIONS)}.")
    with _explained(receipt):
        path.decide(receipt, _DECISIONS[decision], clock.now(), staff=one_of_staff(by), words=words)
    print(f"{_number(receipt)}: {_DECISIONS[decision]}; author and seconders are told")


@suggestions.command()
def outcome(receipt: str = _RECEIPT, text: str = typer.Argument(..., metavar="TEXT"), by: str = _BY) -> None:
    """Note what came of an adopted one (成果); author and seconders are told."""
    with _explained(receipt):
        path.record_outcome(receipt, text, clock.now(), staff=one_of_staff(by))
    print(f"Noted what came of {_number(receipt)}; author and seconders are told")


@suggestions.command()
def merge(
    receipt: str = _RECEIPT,
    into: str = typer.Argument(..., metavar="INTO", help="The receipt number of the one that goes on."),
    by: str = _BY,
) -> None:
    """Deal with one in another from now on; its author and seconders are told."""
    with _explained(receipt):
        merging.merge(receipt, into, clock.now(), staff=one_of_staff(by))
    print(f"{_number(receipt)} goes on in {_number(into)}")


@suggestions.command()
def hide(receipt: str = _RECEIPT, undo: bool = typer.Option(False, "--undo", help="Show it again.")) -> None:
    """Keep one out of what others read."""
    with _explained(receipt):
        submitting.hide(receipt, not undo)
    print(f"{_number(receipt)} is {'shown' if undo else 'hidden'}")


@suggestions.command()
def overdue() -> None:
    """List what should have been answered by now, with the liaison who answers for it."""
    table = listing("编号", "单位", "联络员", "电话", "期限", "超期", "内容")
    for each in late_ones(clock.now()):
        due, days = str(each.suggestion.due_on), f"{each.days}天"
        who = (each.unit.name, each.unit.liaison, each.unit.phone)
        table.append((each.matter.receipt_no, *who, due, days, each.suggestion.words))
    show(table, "Nothing is overdue.")


@suggestions.command()
def figures(
    first: datetime = typer.Argument(..., metavar="FIRST", formats=_DAY, help="The first day: 2026-01-01."),
    last: datetime = typer.Argument(..., metavar="LAST", formats=_DAY, help="The last day: 2026-12-31."),
) -> None:
    """Print the figures of what was handed in on these days, each with the numbers behind it."""
    found = suggestion_figures.figures(first.date(), last.date())
    table = listing("指标", "数", "编号")
    table.append(("提出", str(len(found.handed_in)), " ".join(found.handed_in)))
    for state, numbers in found.by_state.items():
        table.append((state, str(len(numbers)), " ".join(numbers)))
    for name, rate in (("采纳率", found.adoption), ("答复率", found.answered), ("按期答复率", found.in_time)):
        share = "" if rate.share is None else f" = {rate.share:.1%}"
        table.append((name, f"{len(rate.counted)}/{len(rate.of)}{share}", _both(rate)))
    mean = "" if found.mean_rating is None else f"{found.mean_rating:.2f}"
    table.append(("平均评价", mean, " ".join(f"{number}:{stars}" for number, stars in found.ratings.items())))
    show(table, "No figures.")


def _both(rate: suggestion_figures.Rate) -> str:
    others = [number for number in rate.of if number not in rate.counted]
    return f"{' '.join(rate.counted)} / {' '.join(others)}" if others else " ".join(rate.counted)


def _number(receipt: str) -> str:
    """The receipt number as it is stored, or the words themselves."""
    return normal_no(receipt) or receipt


@contextmanager
def _explained(receipt: str) -> Iterator[None]:
    """Say why a step was refused, in the words of the refusal.

    Raises:
        OperatorError: it was.
    """
    with or_say(f"There is no suggestion {_number(receipt)}. See: python -m bot admin suggestions."):
        try:
            yield
        except NotFound:
            raise
        except Refusal as refusal:
            why = wording.phrase(f"refused_{refusal.code}", **refusal.reasons)
            raise OperatorError(f"Refused, {refusal.code.replace('_', ' ')}: {why}") from None
