"""The lookup tables of a project's training data."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.normalise import normalise


def lookup_values(training_data: TrainingData) -> list[tuple[str, str]]:
    """Return (lookup name, normalised value) of every entry, listed in place or in a file of its own."""
    values = []
    for table in training_data.lookup_tables:
        elements = table["elements"]
        if isinstance(elements, str):
            elements = Path(elements).read_text(encoding="utf-8").splitlines()
        values += [(table["name"], normalise(element.strip())) for element in elements if element.strip()]
    return values
