"""Every table of the database in one metadata, for migrations and tests."""

from __future__ import annotations

from service.activities import models as _activities
from service.cases import models as _cases
from service.db import metadata
from service.ledger import correcting as _corrections
from service.ledger import cycle_models as _cycles
from service.ledger import models as _ledger
from service.ledger import rule_models as _rules
from service.matters import models as _matters
from service.messages import models as _messages
from service.organisations import models as _organisations
from service.people import models as _people
from service.rewards import models as _rewards
from service.staff import models as _staff
from service.study import models as _study
from service.suggestions import models as _suggestions
from service.timebank import models as _timebank

__all__ = ["metadata"]

MODELS = (
    _organisations,
    _people,
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
    _suggestions,
    _study,
    _cases,
)
