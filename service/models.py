"""Every table of the database in one metadata, for migrations and tests."""

from __future__ import annotations

from service.activities import attendance_models as _attendance
from service.activities import contest_models as _contests
from service.activities import models as _activities
from service.activities import team_models as _teams
from service.cases import models as _cases
from service.db import metadata
from service.ledger import correcting as _corrections
from service.ledger import cycle_models as _cycles
from service.ledger import models as _ledger
from service.ledger import rule_models as _rules
from service.matters import models as _matters
from service.messages import models as _messages
from service.organisations import models as _organisations
from service.organisations import units as _units
from service.people import models as _people
from service.people import profile as _profile
from service.people import skills as _skills
from service.profiles import models as _profiles
from service.rewards import models as _rewards
from service.staff import models as _staff
from service.study import class_models as _classes
from service.study import models as _study
from service.study import quiz_models as _quizzes
from service.suggestions import models as _suggestions
from service.timebank import models as _timebank

__all__ = ["metadata"]

MODELS = (
    _organisations,
    _units,
    _people,
    _skills,
    _profile,
    _staff,
    _messages,
    _matters,
    _ledger,
    _rules,
    _cycles,
    _corrections,
    _rewards,
    _timebank,
    _activities,
    _attendance,
    _contests,
    _teams,
    _suggestions,
    _study,
    _classes,
    _quizzes,
    _profiles,
    _cases,
)
