"""The sentences that models are measured with are well formed, and nobody has trained on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from bot.nlu.normalise import normalise
from tests.nlu.sentences import HELD_OUT, VALIDATION, Marked, parse_marks, read_sentences

STYLES = {
    "plain",
    "dialect",
    "slip",
    "traditional",
    "rambling",
    "terse",
    "out_of_scope",
    "emergency",
    "times",
}
NEAR = 0.9  # cosine of character pairs; above it two sentences differ by a particle or so
both_sets = pytest.mark.parametrize("folder", [HELD_OUT, VALIDATION], ids=lambda folder: folder.name)
LONG_ENOUGH = 5  # shorter ones (收到, 谢谢) are what everyone says


def test_marks_are_read_with_offsets_of_the_plain_text() -> None:
    text, entities = parse_marks("[下周三](time=2026-11-25/2026-11-25)的[书法](topic)课")
    assert text == "下周三的书法课"
    assert entities == (Marked("time", 0, 3, "2026-11-25/2026-11-25"), Marked("topic", 4, 6))


def test_a_sentence_may_say_when_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "plain.yml").write_text(
        "greet:\n  - {text: 新年好, now: '2027-02-06T08:00'}\n", encoding="utf-8"
    )
    (sentence,) = read_sentences(tmp_path)
    assert (sentence.text, sentence.style, sentence.now.isoformat()) == (
        "新年好",
        "plain",
        "2027-02-06T08:00:00+08:00",
    )


@both_sets
def test_files_are_styles_and_intents_are_known(folder: Path) -> None:
    known = {
        block["intent"]
        for path in Path("nlu_data/nlu").glob("*.yml")
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        if "intent" in block
    }
    assert {path.stem for path in folder.glob("*.yml")} <= STYLES
    assert {sentence.intent for sentence in read_sentences(folder)} <= known


@both_sets
def test_no_sentence_or_near_copy_is_in_the_training_data(folder: Path) -> None:
    trained = [
        parse_marks(line.strip()[2:])[0]
        for path in Path("nlu_data/nlu").glob("*.yml")
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for line in block.get("examples", "").splitlines()
        if "intent" in block and line.strip()
    ]
    kept_back = [sentence.text for sentence in read_sentences(folder) if len(sentence.text) >= LONG_ENOUGH]
    assert kept_back, f"there are no sentences in {folder.name}"
    counter = CountVectorizer(analyzer="char", ngram_range=(1, 2), preprocessor=normalise, binary=True)
    training_matrix = normalize(counter.fit_transform(trained))
    likeness = (normalize(counter.transform(kept_back)) @ training_matrix.T).tocsr()
    nearest = np.asarray(likeness.max(axis=1).todense()).ravel()
    copies = [
        f"{kept_back[i]} ~ {trained[likeness[i].argmax()]}" for i, near in enumerate(nearest) if near >= NEAR
    ]
    assert copies == []
