"""Figures about a run over a set of sentences; README.md defines each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

from tests.nlu.sentences import Sentence

REFUSED = ("out_of_scope", "nlu_fallback")
ANSWERED = (0.99, 0.98, 0.97, 0.96, 0.95, 0.9)
LEARNED = frozenset(
    [
        "topic",
        "time",
        "place",
        "reward",
        "quantity",
        "service_type",
        "skill",
        "person_name",
        "matter_no",
        "ordinal",
    ]
)


@dataclass(frozen=True)
class Result:
    """A sentence, and what the assistant made of it (as `Understanding.parse` returns it).

    `likeness` is the confidence of the likeliest intent that is in scope, whatever was decided.
    """

    sentence: Sentence
    parsed: dict[str, Any]
    likeness: float = 0.0

    @property
    def truth(self) -> str:
        """Return the intent that is right."""
        return self.sentence.intent

    @property
    def guess(self) -> str:
        """Return the intent understood; a refusal of what is out of scope counts as `out_of_scope`."""
        intent = str(self.parsed["intent"])
        return "out_of_scope" if self.truth == "out_of_scope" and intent in REFUSED else intent

    @property
    def expected_entities(self) -> set[tuple[str, int, int]]:
        """Return the entities marked, of those that are learned."""
        return {(e.entity, e.start, e.end) for e in self.sentence.entities if e.entity in LEARNED}

    @property
    def found_entities(self) -> set[tuple[str, int, int]]:
        """Return the entities found, of those that are learned."""
        return {
            (e["entity"], e["start"], e["end"]) for e in self.parsed["entities"] if e["entity"] in LEARNED
        }

    @property
    def times(self) -> list[bool]:
        """Return, for each marked time with a meaning, whether it was resolved to it."""
        return [
            any(
                found["start"] < marked.end and marked.start < found["end"] and _means(found, marked.meaning)
                for found in self.parsed["entities"]
                if "resolved" in found
            )
            for marked in self.sentence.entities
            if marked.meaning
        ]


def summary(results: list[Result]) -> dict[str, Any]:
    """Return the headline figures of some results; a figure without any case is None."""
    in_scope = [result for result in results if result.truth != "out_of_scope"]
    out_of_scope = [result for result in results if result.truth == "out_of_scope"]
    asked = [result for result in results if result.parsed["second"]]
    intents = [figures["f1"] for figures in per_intent(results).values() if figures["sentences"]]
    return {
        "sentences": len(results),
        "accuracy": _share(result.guess == result.truth for result in results),
        "macro_f1": sum(intents) / len(intents) if intents else None,
        "asked": _share(bool(result.parsed["second"]) for result in results),
        "asked_right": _share(r.truth in (r.parsed["intent"], r.parsed["second"]) for r in asked),
        "entity_f1": entity_figures(results)["all"]["f1"],
        "out_of_scope_refused": _share(result.parsed["intent"] in REFUSED for result in out_of_scope),
        "in_scope_answered": _share(result.parsed["intent"] not in REFUSED for result in in_scope),
        "times": _share(right for result in results for right in result.times),
    }


def per_intent(results: list[Result]) -> dict[str, dict[str, Any]]:
    """Return precision, recall, F1 and number of sentences of each intent that occurs."""
    truths = Counter(result.truth for result in results)
    guesses = Counter(result.guess for result in results)
    right = Counter(result.truth for result in results if result.guess == result.truth)
    return {
        intent: {**_prf(right[intent], guesses[intent], truths[intent]), "sentences": truths[intent]}
        for intent in sorted(truths | guesses)
    }


def entity_figures(results: list[Result]) -> dict[str, dict[str, Any]]:
    """Return precision, recall and F1 of each entity by exact span, and of `all` together."""
    expected = Counter(entity for result in results for entity, *_ in result.expected_entities)
    found = Counter(entity for result in results for entity, *_ in result.found_entities)
    right = Counter(
        entity for result in results for entity, *_ in result.expected_entities & result.found_entities
    )
    figures = {
        entity: _prf(right[entity], found[entity], expected[entity]) for entity in sorted(expected | found)
    }
    return {**figures, "all": _prf(right.total(), found.total(), expected.total())}


def refusals(results: list[Result], answered: Iterable[float] = ANSWERED) -> dict[str, dict[str, Any]]:
    """Return, for shares of the in-scope sentences that are answered, how much of what is out of scope is refused.

    A sentence is answered when an in-scope intent has at least some confidence; each share stands for the highest
    such bound that answers as much.
    """
    inside = sorted((r.likeness for r in results if r.truth != "out_of_scope"), reverse=True)
    outside = [r.likeness for r in results if r.truth == "out_of_scope"]
    figures = {}
    for share in answered if inside else ():
        bound = inside[max(0, ceil(share * len(inside)) - 1)]
        refused = _share(likeness < bound for likeness in outside)
        figures[f"{share:.0%}"] = {"confidence": bound, "out_of_scope_refused": refused}
    return figures


def confusions(results: list[Result]) -> list[tuple[str, str, int]]:
    """Return (truth, guess, how often) of what was misread, most frequent first."""
    wrong = Counter((result.truth, result.guess) for result in results if result.guess != result.truth)
    return [(truth, guess, count) for (truth, guess), count in wrong.most_common()]


def _means(found: dict[str, Any], meaning: str) -> bool:
    resolved = found["resolved"]
    if meaning.startswith("FREQ="):
        return set(meaning.split(";")) <= set(resolved.get("rrule", "").split(";"))
    start, _, end = meaning.partition("/")
    return str(resolved["start"]).startswith(start) and str(resolved["end"]).startswith(end)


def _prf(right: int, found: int, expected: int) -> dict[str, Any]:
    return {
        "precision": right / found if found else None,
        "recall": right / expected if expected else None,
        "f1": 2 * right / (found + expected) if found + expected else None,
    }


def _share(cases: Iterable[bool]) -> float | None:
    counted = list(cases)
    return sum(counted) / len(counted) if counted else None
