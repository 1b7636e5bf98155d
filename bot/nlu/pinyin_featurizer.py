"""Sparse features of how a message sounds."""

from __future__ import annotations

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

from bot.nlu.ngrams import Ngrams
from bot.nlu.pinyin import syllables


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class PinyinFeaturizer(SparseFeaturizer, GraphComponent):
    """Count n-grams of merged, toneless syllables, so that homophones and slips of accent count as the same.

    They run over the whole message, across words: a slip breaks words (抱名 is two, 报名 is one), not sounds.
    Only sentence features.

    Config keys: `min_ngram` (1) and `max_ngram` (3) in syllables; `min_df` (1): in how many training messages
    an n-gram must occur to count.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must come before: a tokenizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults of the config keys above."""
        return {**SparseFeaturizer.get_default_config(), "min_ngram": 1, "max_ngram": 3, "min_df": 1}

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
        ngrams: Ngrams | None = None,
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._ngrams = ngrams

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PinyinFeaturizer:
        """Create an untrained featurizer."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @staticmethod
    def required_packages() -> list[str]:
        """Name what this component needs beside Rasa."""
        return ["pypinyin"]

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which n-grams there are and keep them in the model."""
        messages = (_sounds(message) for message in training_data.training_examples)
        config = self._config
        self._ngrams = Ngrams.learn(config["min_ngram"], config["max_ngram"], 0, config["min_df"], messages)
        with self._model_storage.write_to(self._resource) as directory:
            self._ngrams.save(directory / "ngrams.json")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PinyinFeaturizer:
        """Load the featurizer with its n-grams."""
        with model_storage.read_from(resource) as directory:
            ngrams = Ngrams.load(directory / "ngrams.json")
        return cls(config, execution_context.node_name, model_storage, resource, ngrams)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to the training messages."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to messages; a project without a Chinese word gets none."""
        if self._ngrams is not None and self._ngrams.columns:
            for message in messages:
                if message.get(TOKENS_NAMES[TEXT]):
                    sentence = self._ngrams.count([_sounds(message)]).tocoo()
                    self.add_features_to_message(None, sentence, TEXT, message)
        return messages


def _sounds(message: Message) -> list[str]:
    tokens = message.get(TOKENS_NAMES[TEXT]) or []
    return [syllable for token in tokens for syllable in syllables(token.text)]
