"""The forms, and which slots each fills: what is cleared when one is dropped and kept when one is set aside."""

from __future__ import annotations

SLOTS: dict[str, tuple[str, ...]] = {
    "confirm_form": ("pending", "confirmed"),
    "bind_form": ("bind_name", "bind_code", "after_binding"),
    "suggestion_form": ("suggestion_text", "suggestion_media"),
    "reminder_form": ("reminder_time",),
    "help_form": ("help_what", "help_when", "help_minutes"),
}
