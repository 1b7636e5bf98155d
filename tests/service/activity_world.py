"""A small invented world for the tests of activities: Monday, 23 November 2026, half past nine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from service import clock
from service.activities.models import Activity
from service.activities.publishing import publish
from service.db import unit_of_work
from service.organisations.models import Community, Office, Venue
from service.people.models import Person

NOW = clock.parse("2026-11-23T09:30")


def at(moment: str) -> datetime:
    """A time in November 2026 in Shanghai: "26 15:00"."""
    day, hour = moment.split()
    return clock.parse(f"2026-11-{day}T{hour}")


def places() -> None:
    """An office with two communities and a venue in each."""
    with unit_of_work() as session:
        office = Office(name="清溪县离退休干部服务中心")
        session.add(office)
        session.flush()
        for community, venue, access in (
            ("南华社区", "南华活动室", "门口有坡道，电梯到二楼"),
            ("双桥社区", "双桥书画院", "坐3路车到双桥站下"),
        ):
            row = Community(office_id=office.id, name=community)
            session.add(row)
            session.flush()
            session.add(Venue(name=venue, community_id=row.id, address=f"{community}中街8号", access=access))
        session.flush()


def person(name: str, activity_class: str = "正常活动") -> Person:
    """Somebody on the roster."""
    with unit_of_work() as session:
        row = Person(name=name, activity_class=activity_class)
        session.add(row)
        session.flush()
        return row


def activity(title: str, starts: str, hours: float = 2, **details: Any) -> Activity:
    """An activity that starts then: activity("书法课", "26 15:00")."""
    kind = details.pop("kind", "课程班")
    start = at(starts)
    return publish(title, kind, start, start + timedelta(hours=hours), **details)
