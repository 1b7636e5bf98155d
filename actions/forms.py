"""The forms, and which slots each fills: what is cleared when one is dropped and kept when one is set aside."""

from __future__ import annotations

SLOTS: dict[str, tuple[str, ...]] = {
    "confirm_form": ("pending", "confirmed"),
    "bind_form": ("bind_name", "bind_code", "after_binding"),
    "check_in_form": ("check_in_code", "check_in_for"),
    "entry_form": ("entry_words", "entry_media", "entry_for"),
    "suggestion_form": ("suggestion_text", "suggestion_media", "suggestion_campaign"),
    "reopen_form": ("reopening", "reopen_reason"),
    "reminder_form": ("reminder_time",),
    "quiz_form": ("quiz", "quiz_answer"),
    "profile_form": ("profile_what", "profile_value"),
    "help_form": ("help_what", "help_when", "help_minutes"),
}
