"""Campaigns (我为…出份力): staff call for suggestions on a theme between two days; what comes in then can belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from service.clock import local
from service.db import reading, unit_of_work
from service.errors import NotFound
from service.linking import MATCH, mentions
from service.suggestions.models import Campaign, campaigns, suggestions
from service.suggestions.records import lock


def open_campaign(title: str, theme: str, opens_on: date, closes_on: date) -> Campaign:
    """Call for suggestions, or change the days and theme of the campaign of that title.

    Args:
        opens_on, closes_on: its first and last day, in Asia/Shanghai.

    Raises:
        ValueError: it has no title, or ends before it begins.
    """
    if not title.strip() or closes_on < opens_on:
        raise ValueError("a campaign has a title and ends on the day it begins or later")
    with unit_of_work() as session:
        query = select(Campaign).where(campaigns.c.title == title.strip()).with_for_update()
        campaign = session.execute(query).scalars().first()
        if campaign is None:
            campaign = Campaign(title.strip(), theme.strip(), opens_on, closes_on)
            session.add(campaign)
        campaign.theme, campaign.opens_on, campaign.closes_on = theme.strip(), opens_on, closes_on
        campaign.closed_at = None
        session.flush()
        return campaign


def close_campaign(title: str, now: datetime) -> Campaign:
    """End a campaign before its time; what belongs to it stays.

    Raises:
        NotFound: there is none of that title.
    """
    with unit_of_work():
        campaign = campaign_called(title)
        campaign.closed_at = campaign.closed_at or now
        return campaign


def campaign_called(title: str) -> Campaign:
    """The campaign of that title.

    Raises:
        NotFound: there is none.
    """
    with reading() as session:
        found = session.execute(select(Campaign).where(campaigns.c.title == title.strip())).scalars().first()
        if found is None:
            raise NotFound()
        return found


def get_campaign(campaign_id: int) -> Campaign:
    """The campaign of that id."""
    with reading() as session:
        return session.execute(select(Campaign).where(campaigns.c.id == campaign_id)).scalars().one()


def is_running(campaign: Campaign, now: datetime) -> bool:
    """Whether what is handed in now can belong to it."""
    return campaign.closed_at is None and campaign.opens_on <= local(now).date() <= campaign.closes_on


def running(now: datetime) -> list[Campaign]:
    """The campaigns that suggestions can be handed in for, the one that ends first first."""
    with reading() as session:
        query = select(Campaign).order_by(campaigns.c.closes_on, campaigns.c.id)
        return [each for each in session.execute(query).scalars() if is_running(each, now)]


def all_campaigns() -> list[tuple[Campaign, int]]:
    """Every campaign with how many suggestions belong to it, the latest first."""
    with reading() as session:
        query = (
            select(Campaign, func.count(suggestions.c.id))
            .outerjoin(suggestions, suggestions.c.campaign_id == campaigns.c.id)
            .group_by(campaigns.c.id)
            .order_by(campaigns.c.opens_on.desc(), campaigns.c.id.desc())
        )
        return [(campaign, int(count)) for campaign, count in session.execute(query)]


def named(words: str, among: Sequence[Campaign]) -> Campaign | None:
    """The campaign whose title a sentence mentions."""
    scored = [(mentions(words, [each.title]), each) for each in among]
    best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= MATCH else None


def attach_to_campaign(receipt_no: str, campaign: Campaign | None) -> None:
    """Let a suggestion belong to a campaign after all, or to none.

    Raises:
        NotFound: there is no suggestion of that number.
    """
    with unit_of_work() as session:
        lock(receipt_no).suggestion.campaign_id = campaign.id if campaign else None
        session.flush()
