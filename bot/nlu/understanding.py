"""Read what people say with a trained model, without the dialogue half of Rasa."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.graph import InOrder
from bot.nlu.decision import decide

_CONVERTER = "nlu_message_converter"


class Understanding:
    """The language understanding of a model archive.

    It runs the same components as a Rasa agent up to its last step, which obeys typed payloads (`/intent{…}`)
    and logs the text of those it cannot read. Here such text is a sentence like any other. Nor is the text
    stripped, so offsets count from the first character given.
    """

    def __init__(self, runner: InOrder, target: str) -> None:
        self._runner = runner
        self._target = target

    @classmethod
    def load(cls, model_path: Path | str) -> Understanding:
        """Load the NLU components of a model archive (`.tar.gz`).

        Raises:
            ValueError: the archive holds no NLU model.
        """
        with TemporaryDirectory() as directory:
            storage, metadata = LocalModelStorage.from_model_archive(Path(directory), Path(model_path))
            if metadata.nlu_target is None:
                raise ValueError(f"{model_path} has no NLU model")
            target = metadata.predict_schema.nodes[metadata.nlu_target].needs["messages"]
            schema = metadata.predict_schema.minimal_graph_schema([target])
            runner = InOrder(DaskGraphRunner(schema, storage, ExecutionContext(schema, metadata.model_id)))
        return cls(runner, target)

    def parse_data(self, text: str, now: datetime) -> dict[str, Any]:
        """Return the parse in Rasa's format, as an agent takes it for `parse_data`.

        Args:
            text: the message as received.
            now: aware; what times in the text count from.
        """
        message = Message(data={"text": text, "metadata": {"now": now.isoformat()}})
        found: Message = self._runner.run({_CONVERTER: [message]}, [self._target])[self._target][0]
        nothing = {"intent": {"name": None, "confidence": 0.0}, "intent_ranking": [], "entities": []}
        return {**nothing, **found.as_dict(only_output_properties=True), "text": text}

    async def parse(self, text: str, now: datetime) -> dict[str, Any]:
        """Return what the assistant understands.

        Args:
            text: the message as received; may be empty.
            now: aware; what times in the text count from.

        Returns:
            `text`; `intent`, `nlu_fallback` where the assistant would say that it did not understand;
            `confidence` of the likeliest intent; `second`, the other intent where it would ask which of two
            was meant, else None; `entities`, ordered by start, each with `entity`, `value`, `start`, `end`
            (code points of `text`) and, for a time that could be worked out, `resolved`.
        """
        return understood(self.parse_data(text, now))


def understood(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return what the assistant makes of a parse in Rasa's format; `Understanding.parse` says in which shape."""
    decision = decide(parsed)
    keys = ("entity", "value", "start", "end", "resolved")
    return {
        "text": parsed["text"],
        "intent": decision.intent,
        "confidence": decision.confidence,
        "second": decision.second,
        "entities": [{key: entity[key] for key in keys if key in entity} for entity in parsed["entities"]],
    }
