"""Putting a world into a fresh database, section by section, all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from service.db import reading, unit_of_work
from service.errors import OperatorError
from service.organisations.models import offices
from service.people.models import people
from service.world.activities import Activity, load_activities
from service.world.activities_standing import Post, Team, load_posts, load_teams
from service.world.classes import SeniorClass, Term, load_classes, load_terms
from service.world.details import Details, load_details
from service.world.handed_in import Question, load_questions
from service.world.ledger import Balance, Movement, load_balances, load_ledger
from service.world.organisation import (
    Branch,
    Community,
    Office,
    Staff,
    Venue,
    load_branches,
    load_communities,
    load_office,
    load_staff,
    load_venues,
)
from service.world.parts import Loading, Part
from service.world.points import (
    Help,
    Recognition,
    Redemption,
    Reward,
    Rule,
    load_helps,
    load_recognitions,
    load_redemptions,
    load_rewards,
    load_rules,
)
from service.world.quizzes import NewQuiz, QuizQuestion, load_questions_of_quizzes, load_quizzes
from service.world.roster import Chat, Code, Person, load_chats, load_codes, load_people
from service.world.study import (
    Course,
    Reminder,
    Study,
    load_courses,
    load_reminders,
    load_studies,
)
from service.world.suggestions import (
    Campaign,
    Report,
    Suggestion,
    Unit,
    load_campaigns,
    load_reports,
    load_suggestions,
    load_units,
)


class World(Part):
    """A whole world: the office, and everything else as lists."""

    office: Office
    branches: tuple[Branch, ...] = ()
    communities: tuple[Community, ...] = ()
    venues: tuple[Venue, ...] = ()
    staff: tuple[Staff, ...] = ()
    units: tuple[Unit, ...] = ()
    people: tuple[Person, ...] = ()
    chats: tuple[Chat, ...] = ()
    codes: tuple[Code, ...] = ()
    teams: tuple[Team, ...] = ()
    posts: tuple[Post, ...] = ()
    activities: tuple[Activity, ...] = ()
    courses: tuple[Course, ...] = ()
    studies: tuple[Study, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    terms: tuple[Term, ...] = ()
    classes: tuple[SeniorClass, ...] = ()
    quiz_questions: tuple[QuizQuestion, ...] = ()
    quizzes: tuple[NewQuiz, ...] = ()
    details: tuple[Details, ...] = ()
    balances: tuple[Balance, ...] = ()
    ledger: tuple[Movement, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    rules: tuple[Rule, ...] = ()
    rewards: tuple[Reward, ...] = ()
    redemptions: tuple[Redemption, ...] = ()
    helps: tuple[Help, ...] = ()
    recognitions: tuple[Recognition, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    reports: tuple[Report, ...] = ()
    questions: tuple[Question, ...] = ()


# In this order, so that a name is known before it is referred to.
SECTIONS: dict[str, Callable[[Any, Loading], None]] = {
    "office": load_office,
    "branches": load_branches,
    "communities": load_communities,
    "venues": load_venues,
    "staff": load_staff,
    "units": load_units,
    "people": load_people,
    "chats": load_chats,
    "codes": load_codes,
    "teams": load_teams,
    "posts": load_posts,
    "activities": load_activities,
    "courses": load_courses,
    "studies": load_studies,
    "reminders": load_reminders,
    "terms": load_terms,
    "classes": load_classes,
    "quiz_questions": load_questions_of_quizzes,
    "quizzes": load_quizzes,
    "details": load_details,
    "balances": load_balances,
    "ledger": load_ledger,
    "campaigns": load_campaigns,
    "rules": load_rules,
    "rewards": load_rewards,
    "redemptions": load_redemptions,
    "helps": load_helps,
    "recognitions": load_recognitions,
    "suggestions": load_suggestions,
    "reports": load_reports,
    "questions": load_questions,
}


def is_fresh() -> bool:
    """Whether the database holds no office and no people."""
    with reading() as session:
        held = session.execute(select(select(offices.c.id).exists() | select(people.c.id).exists()))
        return not held.scalar_one()


def load(world: World, now: datetime) -> None:
    """Put a world into the database and stamp it as demonstration.

    Raises:
        OperatorError: the database holds something already, or something in the world does not fit together;
            then nothing was loaded.
    """
    with unit_of_work() as session:
        require_fresh()
        loading = Loading(session, now)
        for name, load_section in SECTIONS.items():
            load_section(getattr(world, name), loading)


def require_fresh() -> None:
    """Refuse to put invented people beside others.

    Raises:
        OperatorError: the database holds an office or people already.
    """
    if is_fresh():
        return
    with reading() as session:
        name = session.execute(select(offices.c.name).order_by(offices.c.id)).scalar() or "no office"
        count = session.execute(select(func.count()).select_from(people)).scalar_one()
    raise OperatorError(
        f"The database already holds {name} with {count} people, and a world goes only into a fresh one: "
        "name another database in DATABASE_URL, or remove this one first if it holds only invented people."
    )


def summary(world: World) -> str:
    """What a world is made of, in one line: 300 people, 12 branches, 60 activities."""
    counts = {"people": len(world.people)}
    counts |= {name: len(getattr(world, name)) for name in SECTIONS if name != "office"}
    return ", ".join(f"{count} {_words(name, count)}" for name, count in counts.items() if count)


def _words(section: str, count: int) -> str:
    """What the rows of a section are called in English: 1 branch, 12 branches."""
    several = {
        "staff": "members of staff",
        "codes": "binding codes",
        "ledger": "ledger movements",
        "details": "people's details",
        "quiz_questions": "quiz questions",
        "helps": "requests for help",
    }
    one = {
        "people": "person",
        "staff": "member of staff",
        "branches": "branch",
        "classes": "class",
        "quizzes": "quiz",
        "helps": "request for help",
    }
    if count != 1:
        return several.get(section, section)
    return one.get(section) or re.sub("ies$", "y", several.get(section, section)).removesuffix("s")
