"""One entity for each stretch of text, whatever the extractors before found there."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.normalise import normalise


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntitySettler(GraphComponent, EntityExtractorMixin):
    """Settle overlapping entities and put them in order of where they start.

    An entity of an extractor named earlier in `priority` beats one that overlaps it; of the same extractor,
    the longer beats the shorter. A time that loses to another time hands its `resolved` over. `value` is
    always the text as written; where the training data has a synonym for it, that goes to a key `normalised`.

    Config key: `priority`: names of extractors, strongest first; `Extractor:entity` names one entity of one
    extractor. What is not named comes last.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults of the config key above."""
        return {"priority": []}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        synonyms: dict[str, str] | None = None,
    ) -> None:
        self._rank = {name: rank for rank, name in enumerate(config["priority"])}
        self._model_storage = model_storage
        self._resource = resource
        self._synonyms = synonyms or {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntitySettler:
        """Create a settler without synonyms."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the synonyms of the training data."""
        self._synonyms = {normalise(word): meaning for word, meaning in training_data.entity_synonyms.items()}
        with self._model_storage.write_to(self._resource) as directory:
            text = json.dumps(self._synonyms, ensure_ascii=False, sort_keys=True)
            (directory / "synonyms.json").write_text(text, encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EntitySettler:
        """Load the settler with the synonyms of its training data."""
        with model_storage.read_from(resource) as directory:
            synonyms = json.loads((directory / "synonyms.json").read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, synonyms)

    def process(self, messages: list[Message]) -> list[Message]:
        """Settle the entities of messages."""
        for message in messages:
            # A picture or a sign names nothing.
            named = [e for e in message.get(ENTITIES, []) if _names_something(e)]
            entities = self._settle(named)
            for entity in entities:
                entity["value"] = message.get(TEXT)[entity["start"] : entity["end"]]
                meaning = self._synonyms.get(normalise(entity["value"]))
                if meaning and meaning != entity["value"]:
                    entity["normalised"] = meaning
            message.set(ENTITIES, entities, add_to_output=True)
        return messages

    def _settle(self, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
        settled: list[dict[str, Any]] = []
        for entity in sorted(entities, key=self._strength):
            rivals = [rival for rival in settled if _overlap(entity, rival)]
            for rival in rivals:
                if "resolved" in entity and rival["entity"] == entity["entity"]:
                    rival.setdefault("resolved", entity["resolved"])
            if not rivals:
                settled.append(dict(entity))
        return sorted(settled, key=lambda entity: entity["start"])

    def _strength(self, entity: dict[str, Any]) -> tuple[int, int, int]:
        extractor = entity.get("extractor", "")
        last = len(self._rank)
        rank = min(self._rank.get(f"{extractor}:{entity['entity']}", last), self._rank.get(extractor, last))
        return rank, entity["start"] - entity["end"], entity["start"]


def _names_something(entity: dict[str, Any]) -> bool:
    value = entity.get("value")
    return value is None or any(map(str.isalnum, str(value)))


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["start"] < other["end"] and other["start"] < one["end"])
