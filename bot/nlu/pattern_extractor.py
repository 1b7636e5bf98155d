"""Entities that have a form rather than a meaning: telephone numbers, codes, receipt numbers."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.normalise import normalise


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PatternExtractor(GraphComponent, EntityExtractorMixin):
    """Find entities by regular expressions over the normalised text, without needing annotated examples.

    Rasa's RegexEntityExtractor drops the patterns of entities that no example has, and reads the text as
    typed, full-width digits and capitals included; offsets here are those of the original all the same.

    Config key: `patterns`: entity -> regular expression. Where it has a group named `value`, the group is the
    entity.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults of the config key above."""
        return {"patterns": {}}

    def __init__(self, config: dict[str, Any]) -> None:
        self._patterns = {entity: re.compile(pattern) for entity, pattern in config["patterns"].items()}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PatternExtractor:
        """Create the extractor."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities found to messages."""
        for message in messages:
            found = self.add_extractor_name(self._find(message.get(TEXT) or ""))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def _find(self, text: str) -> list[dict[str, Any]]:
        normalised = normalise(text)
        found = []
        for entity, pattern in self._patterns.items():
            group = "value" if "value" in pattern.groupindex else 0
            for match in pattern.finditer(normalised):
                start, end = match.span(group)
                found.append({"entity": entity, "start": start, "end": end, "value": text[start:end]})
        return found
