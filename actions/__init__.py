"""Rasa custom actions, one module an area: slots -> use case -> wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rasa_sdk import Action


def all_actions() -> list[Action]:
    """Every custom action of the domain."""
    from actions import (
        activities,
        bindings,
        cases,
        confirmation,
        conversation,
        help_form,
        points,
        profile,
        quiz,
        reminders,
        rewards,
        study,
        suggestion_browsing,
        suggestion_feedback,
        suggestion_seconding,
        suggestions,
    )

    modules = (
        conversation,
        confirmation,
        bindings,
        activities,
        suggestions,
        suggestion_browsing,
        suggestion_seconding,
        suggestion_feedback,
        points,
        rewards,
        help_form,
        study,
        quiz,
        profile,
        reminders,
        cases,
    )
    return [action for module in modules for action in module.actions()]
