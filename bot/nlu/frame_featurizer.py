"""Sparse features of how a message is put, whatever it is about."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.characters import Gazetteer
from bot.nlu.chinese_time import find_times
from bot.nlu.lookups import lookup_values
from bot.nlu.ngram_featurizer import NgramFeaturizer
from bot.nlu.ngrams import Symbols
from bot.nlu.normalise import normalise

_PIECE = re.compile(r"(?P<letters>[a-z]+)|(?P<digits>[0-9]+)|\w")
# Where a time stands does not hang on when it is; what it means is another component's work.
_ANY_TIME = datetime(2026, 1, 1, tzinfo=timezone.utc)
_START, _END = "<", ">"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class FrameFeaturizer(NgramFeaturizer):
    """Count n-grams and pairs of characters with times, lookup values and numbers masked by their kind.

    "我想学葫芦丝" and "我想学太极拳" are both 我 想 学 <topic>: what was learned with one subject holds for
    all in the lookup tables. Where a message starts and ends counts as a character, for 好 alone is not 好 in
    passing. In other scripts words stand for characters.

    Config keys: those of NgramFeaturizer.
    """

    def __init__(
        self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource
    ) -> None:
        super().__init__(config, name, model_storage, resource)
        self._gazetteer = Gazetteer({})

    def train(self, training_data: TrainingData) -> Resource:
        """Take the lookup tables, learn which n-grams there are, and keep both in the model."""
        self._gazetteer = Gazetteer.of(lookup_values(training_data))
        with self._model_storage.write_to(self._resource) as directory:
            self._gazetteer.save(directory / "lookups.json")
        return super().train(training_data)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FrameFeaturizer:
        """Load the featurizer with its lookup values and n-grams."""
        featurizer = super().load(config, model_storage, resource, execution_context, **kwargs)
        with model_storage.read_from(resource) as directory:
            featurizer._gazetteer = Gazetteer.load(directory / "lookups.json")
        return featurizer

    def symbols(self, message: Message) -> Symbols:
        """Return the frame of `message`."""
        return self.frame(message.get(TEXT) or "")

    def frame(self, text: str) -> list[str]:
        """Return the characters of `text`, times and known values as `<kind>`, numbers as `0`, with both ends."""
        normalised = normalise(text)
        symbols = [_START]
        last = 0
        for start, end, kind in [*self._masks(text, normalised), (len(text), len(text), "")]:
            for piece in _PIECE.finditer(normalised, last, start):
                symbols.append("0" if piece["digits"] else piece.group())
            if kind:
                symbols.append(f"<{kind}>")
            last = end
        return [*symbols, _END]

    def _masks(self, text: str, normalised: str) -> list[tuple[int, int, str]]:
        """Return (start, end, kind) of what is masked, left to right; a time beats a value that it overlaps."""
        times = [(time.start, time.end, "time") for time in find_times(text, _ANY_TIME)]
        values = [(start, end, kinds[0]) for start, end, kinds in self._gazetteer.find(normalised)]
        free = [v for v in values if not any(v[0] < end and start < v[1] for start, end, _ in times)]
        return sorted(times + free)
