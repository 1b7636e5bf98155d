"""Counting n-grams of any symbols, and pairs of them, against a vocabulary learned in training."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scipy.sparse import csr_matrix

Symbols = Sequence[str]


@dataclass
class Ngrams:
    """The n-grams that count, each with its column.

    `shortest` and `longest` bound their length in symbols. Two symbols that stand up to `reach` apart, with
    something between them, count as one n-gram too; 0 means none of these.
    """

    shortest: int
    longest: int
    reach: int
    columns: dict[str, int]

    @classmethod
    def learn(
        cls, shortest: int, longest: int, reach: int, least: int, messages: Iterable[Symbols]
    ) -> Ngrams:
        """Take every n-gram that at least `least` messages have."""
        seen: Counter[str] = Counter()
        for symbols in messages:
            seen.update(set(_ngrams(symbols, shortest, longest, reach)))
        kept = sorted(ngram for ngram, count in seen.items() if count >= least)
        return cls(shortest, longest, reach, {ngram: column for column, ngram in enumerate(kept)})

    def count(self, rows: Sequence[Symbols]) -> csr_matrix:
        """Return how often each n-gram occurs in each row."""
        indices: list[int] = []
        ends = [0]
        for symbols in rows:
            ngrams = _ngrams(symbols, self.shortest, self.longest, self.reach)
            found = (self.columns.get(ngram) for ngram in ngrams)
            indices += [column for column in found if column is not None]
            ends.append(len(indices))
        counts = csr_matrix(([1.0] * len(indices), indices, ends), shape=(len(rows), len(self.columns)))
        counts.sum_duplicates()
        return counts

    def save(self, path: Path) -> None:
        """Write to a JSON file."""
        kept = {
            "shortest": self.shortest,
            "longest": self.longest,
            "reach": self.reach,
            "ngrams": list(self.columns),
        }
        path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Ngrams:
        """Read what `save` wrote."""
        kept = json.loads(path.read_text(encoding="utf-8"))
        columns = {ngram: column for column, ngram in enumerate(kept["ngrams"])}
        return cls(kept["shortest"], kept["longest"], kept["reach"], columns)


def _ngrams(symbols: Symbols, shortest: int, longest: int, reach: int) -> Iterable[str]:
    for size in range(shortest, longest + 1):
        for start in range(len(symbols) - size + 1):
            yield " ".join(symbols[start : start + size])
    for start, symbol in enumerate(symbols):
        for other in symbols[start + 2 : start + reach + 1]:
            yield f"{symbol} … {other}"
