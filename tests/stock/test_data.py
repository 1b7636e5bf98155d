"""`rasa data validate`: its exit code says little, so its output is read."""

from __future__ import annotations

from tests.stock.running import rasa


def test_the_data_is_valid() -> None:
    """Domain, language data and rules fit together, and Rasa has nothing to warn of."""
    printed = rasa(
        *("data", "validate", "--domain", "domain", "--data", "nlu_data", "--config", "config.yml"),
        "--fail-on-warnings",
    )

    complaints = [
        line for line in printed.splitlines() if "WARNING" in line or "ERROR" in line or "Warning:" in line
    ]
    assert complaints == []
    assert "No story structure conflicts found" in printed
