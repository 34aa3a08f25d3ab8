"""Trains the embedded classifier: `python -m modules.emotion.train --goemotions DIR --out FILE`.

Needs scikit-learn (requirements-dev.txt). DIR holds train.tsv, dev.tsv and test.tsv of GoEmotions (Demszky et al.
2020), each row a text, its label numbers with commas between, and an id. Everything is chosen on train and dev;
test is read only for the table. The same files give the same model.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuchipaku import LABELS
from modules.emotion.classify import HashedModel, Logits, load, save
from modules.emotion.evaluate import Truth, logits_of, measure, read_split
from modules.emotion.features import BUCKETS, bucket, features, is_telling, tokens

LOOSENESS = 2.0
"""Inverse strength of the regularisation (C) of both regressions; chosen on dev."""
SMOOTHING = 0.05
"""Added to the sum of every feature before the ratio of two sums is taken; chosen on dev."""
DRAWS = 60
"""Resamplings of dev whose best thresholds are averaged: the best one of a single sample is a lucky one."""
SEED = 7

Matrix = Any
"""scipy.sparse.csr_array, float32 (sentences, BUCKETS); its rows have length 1."""
Weights = NDArray[np.float32]


def train(texts: Sequence[str], truth: Truth, dev_texts: Sequence[str], dev_truth: Truth) -> HashedModel:
    """A model of `texts`, its thresholds chosen on the dev texts."""
    rarity = rarity_of(texts)
    weights, bias = _fit(_matrix(texts, rarity), truth)
    scales = (np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127.0).astype(np.float32)
    model = HashedModel(
        weights=np.round(weights / scales).astype(np.int8),
        scales=scales,
        bias=bias,
        rarity=rarity,
        known=known_words(texts),
        thresholds=np.zeros(len(LABELS), np.float32),
    )
    model.thresholds[:] = choose_thresholds(logits_of(model, dev_texts), dev_truth)
    return model


def rarity_of(texts: Sequence[str]) -> NDArray[np.float16]:
    """(BUCKETS,) inverse document frequency, smoothed."""
    seen = np.zeros(BUCKETS)
    for text in texts:
        seen[np.unique(features(tokens(text))[0])] += 1
    return (np.log((1 + len(texts)) / (1 + seen)) + 1.0).astype(np.float16)


def known_words(texts: Sequence[str]) -> NDArray[np.uint8]:
    """(BUCKETS / 8,) bits of the buckets of every word and emoji that comes in at least two texts."""
    seen = np.zeros(BUCKETS, np.int64)
    for text in texts:
        for token in {*tokens(text)}:
            seen[bucket(token)] += is_telling(token)
    return np.packbits(seen >= 2, bitorder="little")


def choose_thresholds(logits: Logits, truth: Truth) -> Logits:
    """(labels,) the logit from which each label is said: the F1-best of many resamplings, averaged."""
    draws = np.random.default_rng(SEED).integers(0, len(truth), (DRAWS, len(truth)))
    columns = zip(logits.T, truth.T, strict=True)
    return np.array([np.mean([_best_cut(column[d], right[d]) for d in draws]) for column, right in columns], np.float32)


def _best_cut(logits: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
    order = np.argsort(-logits, kind="stable")
    scores = 2.0 * np.cumsum(truth[order]) / (np.arange(1, len(truth) + 1) + truth.sum())
    best = int(scores.argmax())
    return float(logits[order[best : best + 2]].mean())  # halfway to the first that is left out


def _matrix(texts: Sequence[str], rarity: NDArray[np.float16]) -> Matrix:
    from scipy.sparse import csr_array

    places, rows = [], []
    for text in texts:
        found, values = features(tokens(text))
        weighed = values * rarity[found].astype(np.float32)
        places.append(found)
        rows.append(weighed / np.sqrt(weighed @ weighed))
    ends = np.cumsum([0, *map(len, places)], dtype=np.int32)
    columns = np.concatenate(places, dtype=np.int32)
    matrix = csr_array((np.concatenate(rows), columns, ends), shape=(len(texts), BUCKETS))
    matrix.sum_duplicates()
    return matrix


def _fit(rows: Matrix, truth: Truth) -> tuple[Weights, Weights]:
    from tqdm import tqdm

    weights = np.zeros((BUCKETS, len(LABELS)), np.float32)
    bias = np.zeros(len(LABELS), np.float32)
    for n in tqdm(range(len(LABELS)), desc="labels", unit="label"):
        plain, plain_bias = _regression(rows, truth[:, n])
        ratio = _log_ratio(rows, truth[:, n])
        stressed, stressed_bias = _regression(rows.multiply(ratio).tocsr(), truth[:, n])
        weights[:, n] = (plain + ratio * stressed) / 2.0
        bias[n] = (plain_bias + stressed_bias) / 2.0
    return weights, bias


def _regression(rows: Matrix, right: NDArray[np.bool_]) -> tuple[Weights, float]:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):  # its vectors are short: threads cost more than they give, and reorder sums
        model = LogisticRegression(C=LOOSENESS, solver="liblinear", random_state=SEED).fit(rows, right)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def _log_ratio(rows: Matrix, right: NDArray[np.bool_]) -> Weights:
    """How much more of a feature there is with the label than without (Wang and Manning 2012)."""
    inside = rows[right].sum(axis=0) + SMOOTHING
    outside = rows[~right].sum(axis=0) + SMOOTHING
    ratio: Weights = np.log(inside / inside.sum() * outside.sum() / outside).astype(np.float32)
    return ratio


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains, writes and measures the model; see the module's docstring."""
    parser = argparse.ArgumentParser(description="Train the embedded reader of emotion.")
    parser.add_argument("--goemotions", type=Path, required=True, help="folder of train.tsv, dev.tsv and test.tsv")
    parser.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    chosen = parser.parse_args(arguments)
    save(train(*read_split(chosen.goemotions / "train.tsv"), *read_split(chosen.goemotions / "dev.tsv")), chosen.out)
    report = measure(load(chosen.out), *read_split(chosen.goemotions / "test.tsv"))
    print(report.table(chosen.out.stat().st_size))


if __name__ == "__main__":
    main()
