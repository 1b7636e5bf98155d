"""A linear classifier over sparse counts: TF-IDF, one-against-rest SVM, calibrated confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import log_softmax, softmax
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC


@dataclass
class LinearModel:
    """A trained model. Decision values are `scaled counts @ weights + bias`, one column a label."""

    labels: list[str]
    idf: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    sharpness: float
    strength: float

    def probabilities(self, counts: csr_matrix) -> np.ndarray:
        """Return, for each row of `counts`, the probability of each label; rows sum to one."""
        decisions = _scaled(counts, self.idf) @ self.weights + self.bias
        return softmax(self.sharpness * decisions, axis=1)

    def save(self, path: Path) -> None:
        """Write the model to a `.npz` file; weights are kept in half precision."""
        np.savez_compressed(
            path,
            labels=np.array(self.labels),
            idf=self.idf.astype(np.float32),
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            calibration=np.array([self.sharpness, self.strength]),
        )

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """Read a model that `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            sharpness, strength = arrays["calibration"].tolist()
            return cls(
                labels=arrays["labels"].tolist(),
                idf=arrays["idf"],
                weights=arrays["weights"].astype(np.float32),
                bias=arrays["bias"],
                sharpness=sharpness,
                strength=strength,
            )


def fit(
    counts: csr_matrix,
    labels: Sequence[str],
    strengths: Sequence[float],
    folds: int,
    label_weights: dict[str, float],
    seed: int,
) -> LinearModel:
    """Train a model.

    Args:
        counts: one row a message, one column a feature.
        labels: the label of each row.
        strengths: candidate values of C; the one with the best accuracy out of fold is taken.
        folds: how many folds; out-of-fold decisions also fix the confidence.
        label_weights: how many times an example of a label counts; 1 where not named.
        seed: of folds and solver; the same input gives the same model.
    """
    names = sorted(set(labels))
    target = np.array([names.index(label) for label in labels])
    inverse_frequencies = _inverse_frequencies(counts)
    scaled = _scaled(counts, inverse_frequencies)
    weights = {index: label_weights[name] for index, name in enumerate(names) if name in label_weights}

    def out_of_fold(strength: float) -> np.ndarray:
        decisions = np.zeros((len(target), len(names)))
        for fold in range(folds):
            held = fold_of == fold
            coefficients, bias = _fit_linear(
                scaled[~held], target[~held], len(names), strength, weights, seed
            )
            decisions[held] = scaled[held] @ coefficients + bias
        return decisions

    fold_of = _stratified_folds(target, folds, seed)
    # One after the other: liblinear draws from one global generator, and threads would leave that to luck.
    candidates = [out_of_fold(strength) for strength in strengths]
    best = max(range(len(candidates)), key=lambda index: (candidates[index].argmax(1) == target).mean())
    coefficients, bias = _fit_linear(scaled, target, len(names), strengths[best], weights, seed)
    return LinearModel(
        names, inverse_frequencies, coefficients, bias, _sharpness(candidates[best], target), strengths[best]
    )


def _inverse_frequencies(counts: csr_matrix) -> np.ndarray:
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    # What every message has, such as the blank around words, says nothing and weighs nothing.
    return np.log((1 + counts.shape[0]) / (1 + documents)).astype(np.float32)


def _scaled(counts: csr_matrix, inverse_frequencies: np.ndarray) -> csr_matrix:
    scaled = counts.astype(np.float32).tocsr(copy=True)
    scaled.data = (1 + np.log(scaled.data)) * inverse_frequencies[scaled.indices]
    return normalize(scaled, copy=False)


def _stratified_folds(target: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Return the fold of each example: every label is dealt out evenly, rare ones too."""
    shuffled = np.random.default_rng(seed).permutation(len(target))
    order = shuffled[np.argsort(target[shuffled], kind="stable")]
    fold_of = np.empty(len(target), dtype=int)
    fold_of[order] = np.arange(len(target)) % folds
    return fold_of


def _fit_linear(
    scaled: csr_matrix, target: np.ndarray, labels: int, strength: float, weights: dict[int, float], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return (features x labels, labels); a label that is not in `target` never wins."""
    present = np.unique(target)
    coefficients = np.zeros((scaled.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -1.0, dtype=np.float32)
    if len(present) == 1:
        bias[present] = 1.0
        return coefficients, bias
    svm = LinearSVC(
        C=strength,
        class_weight={index: weight for index, weight in weights.items() if index in present} or None,
        random_state=seed,
    )
    svm.fit(scaled, target)
    if len(present) == 2:  # liblinear keeps one column, positive for the second label
        coefficients[:, present] = np.hstack([-svm.coef_.T, svm.coef_.T])
        bias[present] = [-svm.intercept_[0], svm.intercept_[0]]
    else:
        coefficients[:, present] = svm.coef_.T
        bias[present] = svm.intercept_
    return coefficients, bias


def _sharpness(decisions: np.ndarray, target: np.ndarray) -> float:
    """Return the factor that makes softmax(factor * decisions) most probable for what is true."""

    def surprise(log_factor: float) -> float:
        return -log_softmax(np.exp(log_factor) * decisions, axis=1)[np.arange(len(target)), target].mean()

    return float(np.exp(minimize_scalar(surprise, bounds=(-2, 4), method="bounded").x))
