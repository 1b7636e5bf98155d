"""Whom an activity is for: class, branch, region, skill, health; each reason can be said in words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from service import linking, wording
from service.activities.models import CLASSES, Activity
from service.db import reading
from service.organisations.models import branches, communities, offices
from service.people.models import Person, activity_classes, people
from service.people.skills import skills_of


@dataclass(frozen=True)
class Standing:
    """What of a person decides whom an activity is for; `branch` and `region` are names, empty when unknown."""

    person: Person
    branch: str
    region: str
    health: str

    def why_not(self, activity: Activity) -> str | None:
        """In words, why the person may not come; None when they may. The first reason that holds decides."""
        if self.person.activity_class not in activity.eligible_classes:
            return why_class_not(self.person)
        if any(word in self.health for word in activity.unfit_for):
            return wording.phrase("not_eligible_health", health=self.health, note=activity.health_note)
        if activity.eligible_branches and self.branch not in activity.eligible_branches:
            return wording.phrase("not_eligible_branch", branches="、".join(activity.eligible_branches))
        if activity.eligible_regions and self.region not in activity.eligible_regions:
            return wording.phrase("not_eligible_region", regions="、".join(activity.eligible_regions))
        if activity.skill and not self._can(activity.skill):
            return wording.phrase("not_eligible_skill", skill=activity.skill)
        return None

    def _can(self, skill: str) -> bool:
        return any(linking.score(skill, [each]) >= linking.MATCH for each in skills_of(self.person.id))


def why_class_not(person: Person) -> str:
    """In words, why something is not for somebody of the person's class."""
    return wording.phrase(f"not_eligible_class_{CLASSES.index(person.activity_class)}")


def standing_of(person: Person) -> Standing:
    """How the person stands: the region is that of their community, else of the office; health is what the reason of
    their present class says."""
    region = select(offices.c.region).order_by(offices.c.id).limit(1).scalar_subquery()
    health = (
        select(activity_classes.c.reason)
        .where(activity_classes.c.person_id == person.id)
        .order_by(activity_classes.c.since.desc(), activity_classes.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(branches.c.name, communities.c.region, region, health)
        .select_from(people)
        .outerjoin(branches, branches.c.id == people.c.branch_id)
        .outerjoin(communities, communities.c.id == people.c.community_id)
        .where(people.c.id == person.id)
    )
    with reading() as session:
        branch, own, the_offices, reason = session.execute(query).one()
    return Standing(person, branch or "", own or the_offices or "", reason or "")
