"""Whom an activity is for: class, branch, region, skill, health; each reason can be said in words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from service import linking, wording
from service.activities.models import CLASSES, Activity
from service.db import reading
from service.organisations.models import branches, communities, offices
from service.people.models import Person, activity_classes
from service.people.skills import skills_of


@dataclass(frozen=True)
class Standing:
    """What of a person decides whom an activity is for; `branch` and `region` are names, empty when unknown."""

    activity_class: str
    branch: str
    region: str
    skills: tuple[str, ...]
    health: str

    def why_not(self, activity: Activity) -> str | None:
        """In words, why the person may not come; None when they may. The first reason that holds decides."""
        if self.activity_class not in activity.eligible_classes:
            return wording.phrase(f"not_eligible_class_{CLASSES.index(self.activity_class)}")
        unfit = next((word for word in activity.unfit_for if word in self.health), None)
        if unfit is not None:
            return wording.phrase("not_eligible_health", health=self.health, note=activity.health_note)
        if activity.eligible_branches and self.branch not in activity.eligible_branches:
            return wording.phrase("not_eligible_branch", branches="、".join(activity.eligible_branches))
        if activity.eligible_regions and self.region not in activity.eligible_regions:
            return wording.phrase("not_eligible_region", regions="、".join(activity.eligible_regions))
        if activity.skill and not any(
            linking.score(activity.skill, [each]) >= linking.MATCH for each in self.skills
        ):
            return wording.phrase("not_eligible_skill", skill=activity.skill)
        return None


def standing_of(person: Person) -> Standing:
    """How the person stands: the region is that of their community, else of the office."""
    with reading() as session:
        branch = session.execute(select(branches.c.name).where(branches.c.id == person.branch_id)).scalar()
        region = session.execute(
            select(communities.c.region).where(communities.c.id == person.community_id)
        ).scalar()
        region = (
            region or session.execute(select(offices.c.region).order_by(offices.c.id).limit(1)).scalar()
        )
        health = session.execute(
            select(activity_classes.c.reason)
            .where(activity_classes.c.person_id == person.id)
            .order_by(activity_classes.c.since.desc(), activity_classes.c.id.desc())
            .limit(1)
        ).scalar()
    return Standing(
        person.activity_class, branch or "", region or "", tuple(skills_of(person.id)), health or ""
    )
