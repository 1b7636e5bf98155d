"""Sparse features of how a message sounds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
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
from scipy.sparse import csr_matrix

from bot.nlu.pinyin import syllables


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class PinyinFeaturizer(SparseFeaturizer, GraphComponent):
    """Count n-grams of merged, toneless syllables, so that homophones and slips of accent count as the same.

    Sentence features run over the whole message, across words: a slip breaks words (抱名 is two, 报名 is
    one), not sounds. Sequence features are the n-grams within each token. A message without Chinese gets no
    features.

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
        vocabulary: dict[str, int] | None = None,
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._vocabulary = vocabulary or {}

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
        documents: Counter[str] = Counter()
        for message in training_data.training_examples:
            documents.update(set(self._ngrams(_sentence(_sounds(message)))))
        kept = sorted(ngram for ngram, count in documents.items() if count >= self._config["min_df"])
        self._vocabulary = {ngram: index for index, ngram in enumerate(kept)}
        with self._model_storage.write_to(self._resource) as directory:
            (directory / "vocabulary.json").write_text(json.dumps(kept), encoding="utf-8")
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
        """Load the featurizer with its vocabulary."""
        with model_storage.read_from(resource) as directory:
            kept = json.loads((directory / "vocabulary.json").read_text(encoding="utf-8"))
        vocabulary = {ngram: index for index, ngram in enumerate(kept)}
        return cls(config, execution_context.node_name, model_storage, resource, vocabulary)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to the training messages."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to messages."""
        for message in messages if self._vocabulary else []:
            sounds = _sounds(message)
            if sounds:
                sequence = self._count(sounds).tocoo()
                sentence = self._count([_sentence(sounds)]).tocoo()
                self.add_features_to_message(sequence, sentence, TEXT, message)
        return messages

    def _ngrams(self, sounds: tuple[str, ...]) -> Iterable[str]:
        for size in range(self._config["min_ngram"], self._config["max_ngram"] + 1):
            for start in range(len(sounds) - size + 1):
                yield " ".join(sounds[start : start + size])

    def _count(self, rows: list[tuple[str, ...]]) -> csr_matrix:
        indices: list[int] = []
        ends = [0]
        for sounds in rows:
            indices += [
                self._vocabulary[ngram] for ngram in self._ngrams(sounds) if ngram in self._vocabulary
            ]
            ends.append(len(indices))
        counts = csr_matrix(([1.0] * len(indices), indices, ends), shape=(len(rows), len(self._vocabulary)))
        counts.sum_duplicates()
        return counts


def _sounds(message: Message) -> list[tuple[str, ...]]:
    return [syllables(token.text) for token in message.get(TOKENS_NAMES[TEXT]) or []]


def _sentence(sounds: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(syllable for word in sounds for syllable in word)
