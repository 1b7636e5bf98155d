"""Sparse features of how a message is put, whatever it is about."""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.characters import Gazetteer
from bot.nlu.lookups import lookup_values
from bot.nlu.ngrams import Ngrams
from bot.nlu.normalise import normalise

_PIECE = re.compile(r"(?P<letters>[a-z]+)|(?P<digits>[0-9]+)|\w")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class FrameFeaturizer(SparseFeaturizer, GraphComponent):
    """Count n-grams and pairs of characters with values of the lookup tables and numbers masked by their kind.

    "我想学葫芦丝" and "我想学太极拳" are both 我 想 学 <topic>: what was learned with one subject holds for
    all in the lookup tables. Only sentence features; in other scripts words stand for characters.

    Config keys: `min_ngram` (1) and `max_ngram` (3); `reach` (12): how far apart two characters may stand and
    still count as a pair, whatever is between them; `min_df` (1): in how many training messages an n-gram or
    pair must occur to count.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must come before: a tokenizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults of the config keys above."""
        return {
            **SparseFeaturizer.get_default_config(),
            "min_ngram": 1,
            "max_ngram": 3,
            "reach": 12,
            "min_df": 1,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse an empty range of n-grams."""
        if not 1 <= config.get("min_ngram", 1) <= config.get("max_ngram", 3):
            raise ValueError(f"need 1 <= min_ngram <= max_ngram, got {config}")

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        gazetteer: Gazetteer | None = None,
        ngrams: Ngrams | None = None,
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._gazetteer = gazetteer or Gazetteer({})
        self._ngrams = ngrams

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FrameFeaturizer:
        """Create an untrained featurizer."""
        return cls(config, execution_context.node_name, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Take the lookup tables, learn which n-grams there are, and keep both in the model."""
        self._gazetteer = Gazetteer.of(lookup_values(training_data))
        messages = (self.frame(message.get(TEXT) or "") for message in training_data.training_examples)
        config = self._config
        self._ngrams = Ngrams.learn(
            config["min_ngram"], config["max_ngram"], config["reach"], config["min_df"], messages
        )
        with self._model_storage.write_to(self._resource) as directory:
            self._ngrams.save(directory / "ngrams.json")
            text = json.dumps(self._gazetteer.values, ensure_ascii=False)
            (directory / "lookups.json").write_text(text, encoding="utf-8")
        return self._resource

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
        with model_storage.read_from(resource) as directory:
            gazetteer = Gazetteer(json.loads((directory / "lookups.json").read_text(encoding="utf-8")))
            ngrams = Ngrams.load(directory / "ngrams.json")
        return cls(config, execution_context.node_name, model_storage, resource, gazetteer, ngrams)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to the training messages."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to messages that have a word."""
        for message in messages:
            if self._ngrams is not None and message.get(TOKENS_NAMES[TEXT]):
                sentence = self._ngrams.count([self.frame(message.get(TEXT))]).tocoo()
                self.add_features_to_message(None, sentence, TEXT, message)
        return messages

    def frame(self, text: str) -> list[str]:
        """Return the characters of `text`, each known value as `<kind>` and each number as `0`."""
        normalised = normalise(text)
        symbols: list[str] = []
        last = 0
        for start, end, kinds in [*self._gazetteer.find(normalised), (len(text), len(text), [])]:
            for piece in _PIECE.finditer(normalised, last, start):
                symbols.append("0" if piece["digits"] else piece.group())
            symbols += [f"<{kind}>" for kind in kinds[:1]]
            last = end
        return symbols
