"""Put every sentence of a set to a model and write down how much of it was understood.

    python -m tests.nlu.evaluate [--set heldout|validation] [--model PATH] [--wrong] [--learning-curve]

README.md beside this file says what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot import lean_rasa, logs
from bot.training import fitting_model
from tests.nlu import report
from tests.nlu.scores import REFUSED, Result, confusions, entity_figures, per_intent, refusals, summary
from tests.nlu.sentences import HELD_OUT, VALIDATION, Sentence, read_sentences

BUILD = Path("build")
HARD = ("dialect", "slip", "traditional", "rambling", "terse")
SHARES = (25, 50, 75)  # and all, which is the model that is evaluated
SETS = {folder.name: folder for folder in (HELD_OUT, VALIDATION)}


def evaluate(model: Path, sentences: list[Sentence]) -> dict[str, Any]:
    """Return every figure of README.md for a model, by style and by intent, ready for JSON."""
    # Imported here, since Rasa must find the logs set up.
    from bot.nlu.understanding import Understanding, understood

    understanding = Understanding.load(model)
    results, took = [], []
    for sentence in sentences:
        started = time.perf_counter()
        parsed = understanding.parse_data(sentence.text, sentence.now)
        took.append((time.perf_counter() - started) * 1000)
        in_scope = (g["confidence"] for g in parsed["intent_ranking"] if g["name"] not in REFUSED)
        results.append(Result(sentence, understood(parsed), max(in_scope, default=0.0)))
    styles: dict[str, list[Result]] = {"all": results}
    for result in results:
        styles.setdefault(result.sentence.style, []).append(result)
        if result.sentence.style in HARD:
            styles.setdefault("hard", []).append(result)
    return {
        "model": model.name,
        "styles": {style: summary(of_style) for style, of_style in styles.items()},
        "intents": per_intent(results),
        "refusals": refusals(results),
        "entities": entity_figures(results),
        "milliseconds": _milliseconds(sentences, took),
        "confusions": confusions(results),
        "misread": [_misread(result) for result in results if result.guess != result.truth],
        "wrong_entities": [
            _wrong_entities(result) for result in results if result.expected_entities != result.found_entities
        ],
    }


def learning_curve(sentences: list[Sentence], config: Path, data: Path) -> dict[str, dict[str, Any]]:
    """Return the summary by style for models trained on growing shares of the data, every intent cut alike."""
    from rasa.model_training import train_nlu
    from rasa.shared.nlu.training_data.loading import load_data
    from rasa.shared.nlu.training_data.training_data import TrainingData

    os.environ.setdefault("LOG_LEVEL", "WARNING")  # no progress bars
    everything = load_data(str(data / "nlu")).merge(load_data(str(data / "lookups")))
    by_intent: dict[str, list[Any]] = {}
    for example in everything.training_examples:
        by_intent.setdefault(example.get("intent"), []).append(example)
    curve = {}
    for share in SHARES:
        kept = [
            example for group in by_intent.values() for i, example in enumerate(group) if i * 37 % 100 < share
        ]
        part = TrainingData(
            kept, everything.entity_synonyms, everything.regex_features, everything.lookup_tables
        )
        with TemporaryDirectory() as directory:
            (Path(directory) / "nlu.yml").write_text(part.nlu_as_yaml(), encoding="utf-8")
            print(f"==> Training on {share} % of the data", file=sys.stderr)
            started = time.perf_counter()
            model = train_nlu(str(config), directory, directory, fixed_model_name="part")
            seconds = time.perf_counter() - started
            curve[f"{share} %"] = _point(evaluate(Path(model), sentences), len(kept), seconds)
    return curve


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, help="a model archive; the one in use if left out")
    parser.add_argument("--set", choices=SETS, default=HELD_OUT.name, help="which sentences")
    parser.add_argument("--wrong", action="store_true", help="print every sentence that was misread")
    parser.add_argument(
        "--learning-curve", action="store_true", help="train on shares of the data; takes minutes"
    )
    arguments = parser.parse_args()
    logs.set_up("ERROR")
    model = arguments.model or fitting_model()
    if not arguments.learning_curve:
        lean_rasa.prepare(model)
    sentences = read_sentences(SETS[arguments.set])
    if not sentences:
        sys.exit(f"There are no sentences in {SETS[arguments.set]}.")
    evaluation = {"set": arguments.set, **evaluate(model, sentences)}
    if arguments.learning_curve:
        curve = learning_curve(sentences, Path("config.yml"), Path("nlu_data"))
        evaluation["learning_curve"] = {**curve, "all": _point(evaluation)}
    BUILD.mkdir(exist_ok=True)
    (BUILD / "evaluation.json").write_text(
        json.dumps(evaluation, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    (BUILD / "evaluation.html").write_text(report.page(evaluation), encoding="utf-8")
    _print_summary(evaluation)
    if arguments.wrong:
        for row in evaluation["misread"] + evaluation["wrong_entities"]:
            print(*row.values(), sep="\t")


def _point(
    evaluation: dict[str, Any], examples: int | None = None, seconds: float | None = None
) -> dict[str, Any]:
    """Return the figures of one model that belong on a learning curve."""
    styles = evaluation["styles"]
    return {
        "examples": examples,
        "seconds_of_training": seconds and round(seconds),
        **{style: styles[style]["accuracy"] for style in ("plain", "hard") if style in styles},
        **{name: styles["all"][name] for name in ("entity_f1", "out_of_scope_refused", "in_scope_answered")},
    }


def _milliseconds(sentences: list[Sentence], took: list[float]) -> dict[str, dict[str, Any]]:
    """Return how long a parse takes, by the length of the sentence in characters."""
    figures = {}
    for shortest, longest in ((0, 19), (20, 49), (50, 1000)):
        of_length = [ms for s, ms in zip(sentences, took, strict=True) if shortest <= len(s.text) <= longest]
        if len(of_length) > 1:
            p95 = statistics.quantiles(of_length, n=20)[-1]
            figures[f"{shortest} to {longest} characters"] = {
                "sentences": len(of_length),
                "median_ms": f"{statistics.median(of_length):.1f}",
                "p95_ms": f"{p95:.1f}",
            }
    return figures


def _print_summary(evaluation: dict[str, Any]) -> None:
    for style, figures in evaluation["styles"].items():
        print(f"{style:14}", *(f"{name} {report.shown(value)}" for name, value in figures.items()), sep="  ")
    for answered, figures in evaluation["refusals"].items():
        print(
            f"{answered} in scope answered: {report.shown(figures['out_of_scope_refused'])} out of scope refused"
        )
    for length, figures in evaluation["milliseconds"].items():
        print(f"{length}: {figures['median_ms']} ms, p95 {figures['p95_ms']} ms")
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
