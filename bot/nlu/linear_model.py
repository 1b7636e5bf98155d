"""A linear classifier over sparse counts: weighted features, one-against-rest SVM, calibrated confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import log_softmax, softmax
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

_MANY = 5000


@dataclass
class LinearModel:
    """A trained model. Decision values are `scaled counts @ weights + bias`, one column a label.

    `importance` has one number for every feature, 0 for those left out; `weights` has rows only for the
    others, in the same order. `costs` has one number for every label.
    """

    labels: list[str]
    importance: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    costs: np.ndarray
    sharpness: float
    strength: float

    def __post_init__(self) -> None:
        self._row_of = np.cumsum(self.importance > 0) - 1

    def probabilities(self, counts: csr_matrix) -> np.ndarray:
        """Return, for each row of `counts`, the probability of each label times its cost; rows sum to one."""
        scaled = _scaled(counts, self.importance)
        kept = (scaled.data, self._row_of[scaled.indices], scaled.indptr)
        decisions = csr_matrix(kept, shape=(counts.shape[0], len(self.weights))) @ self.weights + self.bias
        return softmax(self.sharpness * decisions + np.log(self.costs), axis=1)

    def save(self, path: Path) -> None:
        """Write the model to a `.npz` file; weights are kept in half precision."""
        np.savez_compressed(
            path,
            labels=np.array(self.labels),
            importance=self.importance.astype(np.float32),
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            costs=self.costs,
            calibration=np.array([self.sharpness, self.strength]),
        )

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """Read a model that `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            sharpness, strength = arrays["calibration"].tolist()
            return cls(
                labels=arrays["labels"].tolist(),
                importance=arrays["importance"],
                weights=arrays["weights"].astype(np.float32),
                bias=arrays["bias"],
                costs=arrays["costs"],
                sharpness=sharpness,
                strength=strength,
            )


def fit(
    counts: csr_matrix,
    labels: Sequence[str],
    strengths: Sequence[float],
    folds: int,
    rarest: int,
    label_costs: dict[str, float],
    seed: int,
) -> LinearModel:
    """Train a model.

    Args:
        counts: one row a message, one column a feature.
        labels: the label of each row.
        strengths: candidate values of C; the one with the best accuracy out of fold is taken.
        folds: how many folds; out-of-fold decisions also fix the confidence.
        rarest: features that fewer rows have are left out.
        label_costs: how many times worse it is to miss a label than to see it where it is not; 1 where not named.
        seed: of folds and solver; the same input gives the same model.
    """
    names = sorted(set(labels))
    target = np.array([names.index(label) for label in labels])

    fold_of = _stratified_folds(target, folds, seed)
    importance = _importance(counts, rarest)
    scaled = _scaled(counts, importance)
    # In processes of their own, since liblinear draws from one global generator; a few messages are not worth them.
    side_by_side = Parallel(n_jobs=-1 if len(target) > _MANY else 1)
    jobs = [
        delayed(_decide_fold)(counts, target, fold_of == fold, len(names), strength, rarest, seed)
        for strength in strengths
        for fold in range(folds)
    ]
    if len(strengths) == 1:
        jobs.append(delayed(_fit_linear)(scaled, target, len(names), strengths[0], seed))
    found = side_by_side(jobs)
    fitted = found.pop() if len(strengths) == 1 else None
    candidates = [np.zeros((len(target), len(names))) for _ in strengths]
    for place, decisions in enumerate(found):
        candidates[place // folds][fold_of == place % folds] = decisions
    best = max(range(len(candidates)), key=lambda index: (candidates[index].argmax(1) == target).mean())
    coefficients, bias = fitted or _fit_linear(scaled, target, len(names), strengths[best], seed)
    return LinearModel(
        names,
        importance,
        coefficients[importance > 0],
        bias,
        np.array([label_costs.get(name, 1.0) for name in names]),
        _sharpness(candidates[best], target),
        strengths[best],
    )


def _decide_fold(
    counts: csr_matrix,
    target: np.ndarray,
    held: np.ndarray,
    labels: int,
    strength: float,
    rarest: int,
    seed: int,
) -> np.ndarray:
    """Decide on the rows held back by a model of the others, which knows only their features."""
    scaled = _scaled(counts, _importance(counts[~held], rarest))
    coefficients, bias = _fit_linear(scaled[~held], target[~held], labels, strength, seed)
    return np.asarray(scaled[held] @ coefficients + bias)


def _importance(counts: csr_matrix, rarest: int) -> np.ndarray:
    """Return what each feature weighs: the fourth root of its inverse frequency in rows, nothing if too rare."""
    rows_with = np.bincount(counts.indices, minlength=counts.shape[1])
    # What every message has, such as the blank around words, says nothing and weighs nothing.
    importance = (np.log((1 + counts.shape[0]) / (1 + rows_with)) ** 0.25).astype(np.float32)
    importance[rows_with < rarest] = 0
    return importance


def _scaled(counts: csr_matrix, importance: np.ndarray) -> csr_matrix:
    scaled = counts.astype(np.float32).tocsr(copy=True)
    scaled.data = (1 + np.log(scaled.data)) * importance[scaled.indices]
    scaled.eliminate_zeros()
    return normalize(scaled, copy=False)


def _stratified_folds(target: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Return the fold of each example: every label is dealt out evenly, rare ones too."""
    shuffled = np.random.default_rng(seed).permutation(len(target))
    order = shuffled[np.argsort(target[shuffled], kind="stable")]
    fold_of = np.empty(len(target), dtype=int)
    fold_of[order] = np.arange(len(target)) % folds
    return fold_of


def _fit_linear(
    scaled: csr_matrix, target: np.ndarray, labels: int, strength: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return (features x labels, labels); a label that is not in `target` never wins."""
    present = np.unique(target)
    coefficients = np.zeros((scaled.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -1.0, dtype=np.float32)
    if len(present) == 1:
        bias[present] = 1.0
        return coefficients, bias
    # Every label weighs the same, however many examples it has: what people will ask for is not in proportion to them.
    svm = LinearSVC(C=strength, class_weight="balanced", tol=0.01, random_state=seed)
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
