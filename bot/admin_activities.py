"""`bot admin activities`: what is coming, changing it and calling it off, who came, settling."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy import select

from bot.admin_tables import listing, one_person, or_say, show, when
from service import clock
from service.activities.changing import Change, change
from service.activities.checking_in import attendance_of, by_staff
from service.activities.drawing import commitment, draw, entered, order_of
from service.activities.listing import get_listing, read_listings
from service.activities.models import activities as table_of_activities
from service.activities.models import bookings
from service.activities.outcomes import record_outcome
from service.activities.publishing import cancel_activity, open_draft
from service.activities.settling import Line, correct, hours_words, proposed, settle
from service.db import reading
from service.errors import OperatorError, Refusal
from service.ledger.posting import InsufficientBalance
from service.people import queries as people

activities = typer.Typer(invoke_without_command=True, help="Activities; lists those to come.")

_STATES = {
    "draft": "草稿",
    "open": "报名中",
    "full": "已满",
    "closed": "报名截止",
    "held": "已举办",
    "settled": "已结算",
    "cancelled": "已取消",
}


@activities.callback()
def list_coming(
    context: typer.Context,
    past: bool = typer.Option(False, "--past", help="Those that are over instead."),
) -> None:
    """List the activities that are not over, the soonest first."""
    if context.invoked_subcommand is not None:
        return
    ends_at, now = table_of_activities.c.ends_at, clock.now()
    table = listing("ID", "时间", "活动", "类别", "地点", "名额", "已报", "排队", "状态")
    for each in read_listings(ends_at <= now if past else ends_at > now):
        activity, capacity = each.activity, str(each.activity.capacity or "不限")
        counts = (capacity, str(each.taken), str(each.waiting), _STATES[activity.state])
        table.append(
            (str(each.id), when(activity.starts_at), activity.title, activity.kind, each.place, *counts)
        )
    show(table, "No activities.")


@activities.command()
def cancel(
    activity_id: int = typer.Argument(..., metavar="ID"),
    reason: str = typer.Argument(..., metavar="REASON", help="Told to all who signed up: 因雨."),
) -> None:
    """Call an activity off and tell all who have a place or wait for one."""
    with or_say(f"There is no activity {activity_id}. See: python -m bot admin activities."):
        try:
            affected = cancel_activity(activity_id, reason, clock.now())
        except ValueError:
            raise OperatorError(f"Activity {activity_id} is over and cannot be called off.") from None
    print(f"Called off activity {activity_id}; {len(affected)} people are told")


@activities.command("open")
def open_(activity_id: int = typer.Argument(..., metavar="ID")) -> None:
    """Let a draft be found and booked."""
    with _of(activity_id):
        open_draft(activity_id)
    print(f"Activity {activity_id} is open")


@activities.command("change")
def change_(
    activity_id: int = typer.Argument(..., metavar="ID"),
    starts: str = typer.Option(None, help="The new start, in Shanghai: 2026-11-27T15:00."),
    ends: str = typer.Option(None, help="The new end; it lasts as long as before without."),
    venue: str = typer.Option(None, help="The name of the new venue."),
    meeting_point: str = typer.Option(None, help="Where to meet."),
    bring: str = typer.Option(None, help="What to bring."),
    capacity: int = typer.Option(None, min=1, help="How many places."),
) -> None:
    """Change an activity; another time or place is told to all who have a place or wait for one."""
    try:
        starts_at, ends_at = (clock.parse(each) if each else None for each in (starts, ends))
    except ValueError:
        raise OperatorError("A time is written like 2026-11-27T15:00.") from None
    wanted = Change(starts_at, ends_at, venue, meeting_point, bring, None, capacity)
    with _of(activity_id):
        affected = change(activity_id, wanted, clock.now())
    print(f"Changed activity {activity_id}; {len(affected)} people are told")


@activities.command("roster")
def roster(activity_id: int = typer.Argument(..., metavar="ID")) -> None:
    """Show who is expected and who came, with the code for checking in."""
    with _of(activity_id):
        each = get_listing(activity_id)
    with reading() as session:
        query = select(bookings.c.person_id, bookings.c.receipt_no, bookings.c.state)
        live = query.where(bookings.c.activity_id == activity_id, bookings.c.state != "cancelled")
        rows = session.execute(live.order_by(bookings.c.queued_at, bookings.c.id)).all()
    print(f"{each.activity.title}  {when(each.activity.starts_at)}  签到码 {each.activity.code}")
    table = listing("编号", "姓名", "状态", "到场")
    for person_id, receipt_no, state in rows:
        came = attendance_of(person_id, activity_id)
        how = f"{when(came.came_at)} {_HOWS[came.how]}{' 迟到' if came.late else ''}" if came else ""
        table.append((receipt_no, people.get(person_id).name, _BOOKED[state], how))
    show(table, "Nobody has a place.")


@activities.command("check-in")
def check_in(
    activity_id: int = typer.Argument(..., metavar="ID"),
    who: list[str] = typer.Argument(..., metavar="PERSON...", help="Names or phone numbers."),
    late: bool = typer.Option(False, "--late", help="They came after it began."),
) -> None:
    """Write down who came, at any time until it is settled; without a booking they get one."""
    found = [one_person(each) for each in who]
    with _of(activity_id):
        for person in found:
            by_staff(person, activity_id, clock.now(), late=late)
    print(f"Checked in {len(found)} to activity {activity_id}")


@activities.command("settle")
def settle_(
    activity_id: int = typer.Argument(..., metavar="ID"),
    hours: list[str] = typer.Option([], help="PERSON=HOURS where it is not the whole time; 0: did not come."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only show what would be credited."),
) -> None:
    """Credit everybody who checked in, once, and tell them."""
    given = {}
    for each in hours:
        who, _, number = each.partition("=")
        try:
            given[one_person(who).id] = float(number)
        except ValueError:
            raise OperatorError(f"{each}: hours are given as PERSON=1.5.") from None
    with _of(activity_id):
        lines = proposed(activity_id, given)
        table = listing("姓名", "时长")
        for line in lines:
            table.append(
                (people.get(line.person_id).name, hours_words(line.minutes) if line.minutes else "未到场")
            )
        show(table, "Nobody was expected.")
        if not dry_run:
            settle(activity_id, lines, clock.now())
    print("Nothing was credited" if dry_run else f"Settled activity {activity_id}")


@activities.command("correct")
def correct_(
    activity_id: int = typer.Argument(..., metavar="ID"),
    who: str = typer.Argument(..., metavar="PERSON"),
    hours: float = typer.Argument(..., min=0, help="0: did not come."),
    reason: str = typer.Argument(..., help="Told to the person: 提前离岗."),
) -> None:
    """Put right what was settled of one person: reversed, and credited anew."""
    person = one_person(who)
    try:
        with _of(activity_id):
            correct(activity_id, Line(person.id, round(hours * 60) or None), reason, clock.now())
    except InsufficientBalance:
        raise OperatorError(f"{person.name} has spent part of it meanwhile; agree with them first.") from None
    print(f"Corrected {person.name} in activity {activity_id}")


@activities.command("draw")
def draw_(activity_id: int = typer.Argument(..., metavar="ID")) -> None:
    """Hold the draw if it is time, and show how anybody can recompute it."""
    with _of(activity_id):
        draw(activity_id, clock.now())
        activity = get_listing(activity_id).activity
    if activity.drawn_at is None:
        print(f"Not drawn yet. SHA-256 of the seed: {commitment(activity)}")
        return
    print(f"Seed {activity.draw_seed}, SHA-256 {commitment(activity)}. Order by SHA-256 of seed:number:")
    for place, number in enumerate(order_of(activity.draw_seed, entered(activity_id)), 1):
        print(f"{place:4} {number}")


@activities.command("outcome")
def outcome(
    activity_id: int = typer.Argument(..., metavar="ID"),
    what: str = typer.Argument(..., help="What was counted: 成交额, 帮扶学生."),
    amount: int = typer.Argument(..., help="Below zero to correct an earlier one."),
    unit: str = typer.Argument(..., help="元, 亩, 件, 人, 场 …"),
    key: str = typer.Option(..., help="A name of your own for this figure, so that it is recorded once."),
    words: str = typer.Option("", help="A note."),
) -> None:
    """Record what came of an activity."""
    with _of(activity_id):
        stored = record_outcome(activity_id, what, unit, amount, clock.now(), key=key, words=words)
    print(f"Recorded {stored.what} {stored.amount}{stored.unit} of activity {activity_id}")


_BOOKED = {"booked": "已报名", "waiting": "候补", "entered": "等抽签"}
_HOWS = {"code": "签到码", "place": "位置", "staff": "工作人员", "let_in": "现场补报"}


@contextmanager
def _of(activity_id: int) -> Iterator[None]:
    """Say to the operator why it cannot be done to this activity.

    Raises:
        OperatorError: with a sentence.
    """
    with or_say(f"There is no activity {activity_id}. See: python -m bot admin activities."):
        try:
            yield
        except InsufficientBalance:
            raise
        except Refusal as refusal:
            if refusal.code == "not_found":
                raise
            why = " ".join(str(each) for each in refusal.reasons.values())
            raise OperatorError(
                f"Activity {activity_id}: {refusal.code.replace('_', ' ')} ({why})."
            ) from None
        except ValueError as error:
            raise OperatorError(f"Activity {activity_id}: {error}.") from None
