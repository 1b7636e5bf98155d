"""Times: a day, an hour, a span, a recurrence, a festival, resolved against the moment of the message."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.chinese_time import find_times

SHANGHAI = ZoneInfo("Asia/Shanghai")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ChineseTimeExtractor(GraphComponent, EntityExtractorMixin):
    """Add an entity `time` with a key `resolved` for each expression of time.

    "Now" is `metadata["now"]` of the message, ISO 8601 with an offset (without one, Shanghai time); a message
    without it is read at the wall clock. Config keys: none.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ChineseTimeExtractor:
        """Create the extractor."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the times found to messages."""
        for message in messages:
            text = message.get(TEXT) or ""
            found = self.add_extractor_name(
                [
                    {
                        "entity": "time",
                        "start": match.start,
                        "end": match.end,
                        "value": text[match.start : match.end],
                        "resolved": match.resolved,
                    }
                    for match in find_times(text, _now(message))
                ]
            )
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def _now(message: Message) -> datetime:
    stated = (message.get("metadata") or {}).get("now")
    if stated is None:
        return datetime.now(SHANGHAI)
    now = datetime.fromisoformat(stated)
    return now.astimezone(SHANGHAI) if now.tzinfo else now.replace(tzinfo=SHANGHAI)
