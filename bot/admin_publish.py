"""`bot admin activities add`: publishing an activity."""

from __future__ import annotations

from datetime import datetime, timedelta

import typer

from bot.admin_activities import activities
from service import clock
from service.activities.models import CLASSES, KINDS
from service.activities.publishing import OnlyFor, publish
from service.activities.refusals import RoomTaken
from service.errors import OperatorError

__all__ = ["activities"]

_ALL = "、".join(CLASSES)
_TIME = "2026-11-27T15:00, in Shanghai"


@activities.command()
def add(
    title: str = typer.Argument(..., help="As people will read it."),
    kind: str = typer.Argument(..., help=f"One of {', '.join(KINDS)}."),
    starts: str = typer.Argument(..., help=f"{_TIME}."),
    hours: float = typer.Option(2, min=0.25, help="How long it takes."),
    venue: str = typer.Option(None, help="The name of a venue."),
    room: str = typer.Option(None, help="One of its rooms, which is then taken."),
    meeting_point: str = typer.Option("", help="Where to meet."),
    topic: list[str] = typer.Option([], help="A word people ask for it by; may be repeated."),
    capacity: int = typer.Option(None, min=1, help="How many places; without, no limit."),
    closes: str = typer.Option(None, help=f"When booking closes, {_TIME}; when it starts without."),
    draw: str = typer.Option(None, help=f"Draw the places by lot then, {_TIME}."),
    entries_close: str = typer.Option(None, help=f"Take works until then, {_TIME}."),
    for_class: list[str] = typer.Option(["正常活动", "适当参加"], help=f"One of {_ALL}; repeated."),
    branch: list[str] = typer.Option([], help="Only for this branch; repeated."),
    region: list[str] = typer.Option([], help="Only for people of this region; repeated."),
    skill: str = typer.Option("", help="What one has to be able to do."),
    health_note: str = typer.Option("", help="Read to everybody: 要走五公里."),
    unfit_for: list[str] = typer.Option(
        [], help="A word of a health reason that keeps people from it; repeated."
    ),
    host: list[str] = typer.Option([], help="A region that holds it together with others; repeated."),
    team: str = typer.Option(None, help="The volunteer team that does it."),
    bring: str = typer.Option("", help="What to bring."),
    about: str = typer.Option("", help="What it is about."),
    members_only: bool = typer.Option(False, "--members-only", help="Strangers do not see it."),
    draft: bool = typer.Option(False, "--draft", help="Not to be found before `open`."),
) -> None:
    """Publish an activity, or keep a draft of one; prints its ID and its code for checking in."""
    starts_at = _when(starts)
    if starts_at is None:
        raise OperatorError(f"A time is written like {_TIME}.")
    try:
        made = publish(
            title,
            kind,
            starts_at,
            starts_at + timedelta(hours=hours),
            topics=topic,
            venue=venue,
            room=room,
            meeting_point=meeting_point,
            bring=bring,
            about=about,
            capacity=capacity,
            booking_closes_at=_when(closes),
            eligible_classes=for_class,
            only_for=OnlyFor(branch, region, skill, health_note, unfit_for),
            hosts=host,
            public=not members_only,
            draft=draft,
            draw_at=_when(draw),
            entries_close_at=_when(entries_close),
            team=team,
        )
    except RoomTaken as refusal:
        raise OperatorError(f"{refusal.reasons['room']} is taken at {refusal.reasons['when']}.") from None
    except ValueError as error:
        raise OperatorError(f"This cannot be published: {error}.") from None
    print(f"Activity {made.id}: {made.title}, code {made.code}{' (draft)' if draft else ''}")


def _when(words: str | None) -> datetime | None:
    """A time as an operator writes it.

    Raises:
        OperatorError: it is not one.
    """
    if words is None:
        return None
    try:
        return clock.parse(words)
    except ValueError:
        raise OperatorError(f"A time is written like {_TIME}, not {words}.") from None
