"""Put every held-out sentence to a model and write down how much of it was understood.

    python -m tests.nlu.evaluate [--model PATH] [--wrong] [--learning-curve]

README.md beside this file says what the figures mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bot import lean_rasa, logs
from bot.training import fitting_model
from tests.nlu import report
from tests.nlu.heldout import Sentence, read_sentences
from tests.nlu.scores import Result, confusions, entity_figures, per_intent, summary

BUILD = Path("build")
if TYPE_CHECKING:
    from bot.nlu.understanding import Understanding

HARD = ("dialect", "slip", "traditional", "rambling", "terse")
SHARES = (25, 50, 75, 100)


async def understand(understanding: Understanding, sentences: list[Sentence]) -> list[Result]:
    """Return what the assistant makes of each sentence."""
    return [Result(s, await understanding.parse(s.text, s.now)) for s in sentences]


def evaluate(model: Path, sentences: list[Sentence]) -> dict[str, Any]:
    """Return every figure of README.md for a model, by style and by intent, ready for JSON."""
    # Imported here, since Rasa must find the logs set up.
    from bot.nlu.understanding import Understanding

    results = asyncio.run(understand(Understanding.load(model), sentences))
    styles: dict[str, list[Result]] = {"all": results}
    for result in results:
        styles.setdefault(result.sentence.style, []).append(result)
        if result.sentence.style in HARD:
            styles.setdefault("hard", []).append(result)
    return {
        "model": model.name,
        "styles": {style: summary(of_style) for style, of_style in styles.items()},
        "intents": per_intent(results),
        "entities": entity_figures(results),
        "confusions": confusions(results),
        "misread": [_misread(result) for result in results if result.guess != result.truth],
        "wrong_entities": [
            _wrong_entities(result) for result in results if result.expected_entities != result.found_entities
        ],
    }


def learning_curve(sentences: list[Sentence], config: Path, data: Path) -> dict[str, dict[str, Any]]:
    """Return the summary for models trained on growing shares of the data, every intent cut alike."""
    from rasa.model_training import train_nlu
    from rasa.shared.nlu.training_data.loading import load_data
    from rasa.shared.nlu.training_data.training_data import TrainingData

    everything = load_data(str(data))
    curve = {}
    for share in SHARES:
        by_intent: dict[str, list[Any]] = {}
        for example in everything.training_examples:
            by_intent.setdefault(example.get("intent"), []).append(example)
        kept = [
            example for group in by_intent.values() for i, example in enumerate(group) if i * 37 % 100 < share
        ]
        part = TrainingData(
            kept, everything.entity_synonyms, everything.regex_features, everything.lookup_tables
        )
        with TemporaryDirectory() as directory:
            (Path(directory) / "nlu.yml").write_text(part.nlu_as_yaml(), encoding="utf-8")
            model = train_nlu(str(config), directory, directory, fixed_model_name="part")
            curve[f"{share} %"] = evaluate(Path(model), sentences)["styles"]["all"]
    return curve


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, help="a model archive; the one in use if left out")
    parser.add_argument("--wrong", action="store_true", help="print every sentence that was misread")
    parser.add_argument(
        "--learning-curve", action="store_true", help="train on shares of the data; takes minutes"
    )
    arguments = parser.parse_args()
    logs.set_up("ERROR")
    model = arguments.model or fitting_model()
    if not arguments.learning_curve:
        lean_rasa.prepare(model)
    sentences = read_sentences()
    evaluation = evaluate(model, sentences)
    if arguments.learning_curve:
        evaluation["learning_curve"] = learning_curve(sentences, Path("config.yml"), Path("nlu_data"))
    BUILD.mkdir(exist_ok=True)
    (BUILD / "evaluation.json").write_text(
        json.dumps(evaluation, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    (BUILD / "evaluation.html").write_text(report.page(evaluation), encoding="utf-8")
    _print_summary(evaluation)
    if arguments.wrong:
        for row in evaluation["misread"] + evaluation["wrong_entities"]:
            print(*row.values(), sep="\t")


def _print_summary(evaluation: dict[str, Any]) -> None:
    for style, figures in evaluation["styles"].items():
        print(f"{style:14}", *(f"{name} {report.shown(value)}" for name, value in figures.items()), sep="  ")
    for truth, guess, count in evaluation["confusions"][:15]:
        print(f"{count:4}  {truth} -> {guess}")
    for entity, figures in evaluation["entities"].items():
        print(f"{entity:14}", *(f"{name} {report.shown(value)}" for name, value in figures.items()), sep="  ")
    print(f"See {BUILD / 'evaluation.html'}")


def _misread(result: Result) -> dict[str, Any]:
    parsed = result.parsed
    read = parsed["intent"] if not parsed["second"] else f"{parsed['intent']} or {parsed['second']}?"
    return {
        "text": result.sentence.text,
        "style": result.sentence.style,
        "meant": result.truth,
        "read": f"{read} ({parsed['confidence']:.2f})",
    }


def _wrong_entities(result: Result) -> dict[str, Any]:
    text = result.sentence.text
    missed = result.expected_entities - result.found_entities
    extra = result.found_entities - result.expected_entities
    return {
        "text": text,
        "missed": [f"{entity}:{text[start:end]}" for entity, start, end in sorted(missed)],
        "extra": [f"{entity}:{text[start:end]}" for entity, start, end in sorted(extra)],
    }


if __name__ == "__main__":
    main()
