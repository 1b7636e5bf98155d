"""Suggestions that say much the same, by characters and by sound, found without reading what is stored encrypted.

Each suggestion leaves the keyed hashes of its pairs of syllables in a table, from which the likeliest are taken by
one indexed query; only those are then read and compared. Rare pairs weigh more than those that half of all have.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from service.db import reading, unit_of_work
from service.linking import sounds_of
from service.settings import data_key
from service.suggestions.models import Suggestion, suggestion_grams, suggestions
from service.suggestions.states import UNDECIDED, WITHDRAWN

# From here on two suggestions are said to be alike; pairs of real proposals, reworded and misspelt, lie above it.
ALIKE = 0.45
# From here on a suggestion holds what was asked for.
HOLDS = 0.6
_READ_AT_MOST = 30
# A pair that more than this share of all suggestions have says little, and would match too many rows.
_TOO_COMMON, _FEW = 0.05, 200
# A match by sound alone counts a little less than one as written.
_BY_SOUND = 0.9


@dataclass(frozen=True)
class Alike:
    """A suggestion and how well it fits, from 0 to 1."""

    suggestion: Suggestion
    score: float


def keep_grams(suggestion_id: int, words: str) -> None:
    """Note by which pairs of syllables a suggestion is found."""
    with unit_of_work() as session:
        rows = [{"suggestion_id": suggestion_id, "gram": gram} for gram in sorted(grams_of(words))]
        if rows:
            session.execute(suggestion_grams.insert(), rows)


def like(words: str, limit: int = 3) -> list[Alike]:
    """Suggestions still open to be seconded that propose much the same, the likest first."""
    found = [
        Alike(each, _resemblance(words, each.words)) for each in _candidates(words) if each.state in UNDECIDED
    ]
    found = [each for each in found if each.score >= ALIKE]
    return sorted(found, key=lambda each: (-each.score, each.suggestion.id))[:limit]


def holding(words: str) -> list[int]:
    """The ids of suggestions in which most of these words occur, as written or as heard, the best first."""
    wanted_sounds, wanted = _pairs(sounds_of(words)), _pairs(words)
    scored = []
    for each in _candidates(words):
        heard = _share(wanted_sounds, _pairs(sounds_of(each.words))) * _BY_SOUND
        score = max(_share(wanted, _pairs(each.words)), heard)
        if score >= HOLDS:
            scored.append((-score, -each.id))
    return [-negative for _, negative in sorted(scored)]


def _candidates(words: str) -> list[Suggestion]:
    """What shares the most telling pairs of syllables: neither merged, nor hidden, nor taken back."""
    grams = grams_of(words)
    if not grams:
        return []
    with reading() as session:
        total = session.execute(select(func.count()).select_from(suggestions)).scalar_one()
        of_these = suggestion_grams.c.gram.in_(grams)
        counted = session.execute(
            select(suggestion_grams.c.gram, func.count()).where(of_these).group_by(suggestion_grams.c.gram)
        ).all()
        enough = max(_FEW, _TOO_COMMON * total)
        telling = {gram: math.log(1 + total / count) for gram, count in counted if count <= enough}
        telling = telling or {gram: 1.0 for gram, _ in counted}
        scores: dict[int, float] = defaultdict(float)
        shared = select(suggestion_grams.c.suggestion_id, suggestion_grams.c.gram)
        for suggestion_id, gram in session.execute(shared.where(suggestion_grams.c.gram.in_(list(telling)))):
            scores[suggestion_id] += telling[gram]
        best = sorted(scores, key=lambda each: (-scores[each], -each))[:_READ_AT_MOST]
        query = select(Suggestion).where(
            suggestions.c.id.in_(best),
            suggestions.c.merged_into_id.is_(None),
            suggestions.c.hidden.is_(False),
            suggestions.c.state != WITHDRAWN,
        )
        return sorted(session.execute(query).scalars(), key=lambda each: best.index(each.id))


def _resemblance(one: str, other: str) -> float:
    """From 0 to 1, how much two texts have in common, as written or as heard."""
    written = _dice(_pairs(_proposal(one)), _pairs(_proposal(other)))
    heard = _dice(_pairs(sounds_of(_proposal(one))), _pairs(sounds_of(_proposal(other))))
    return max(written, _BY_SOUND * heard)


def _proposal(words: str) -> str:
    """What is proposed, without the words that every proposal begins with."""
    bare = "".join(char for char in words if char.isalnum())
    for opening in ("我", "建议", "建意", "希望", "能不能", "可不可以"):
        bare = bare.removeprefix(opening)
    return bare


def grams_of(words: str) -> set[int]:
    """The keyed hashes of a text's pairs of syllables, in whatever characters they are written."""
    key = data_key()[:64]
    pairs = (" ".join(pair) for pair in _pairs(sounds_of(words)))
    digests = (hashlib.blake2b(pair.encode(), digest_size=8, key=key).digest() for pair in pairs)
    # A signed column of 64 bits holds 63 of them.
    return {int.from_bytes(digest, "big") >> 1 for digest in digests}


def _pairs(things: Sequence[str]) -> set[tuple[str, ...]]:
    """Each two that follow one another; of one alone, itself."""
    if len(things) == 1:
        return {(things[0],)}
    return set(itertools.pairwise(things))


def _dice(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _share(part: Iterable[tuple[str, ...]], whole: set[tuple[str, ...]]) -> float:
    wanted = set(part)
    return len(wanted & whole) / len(wanted) if wanted else 0.0
