"""How well a model reads: F1 on a labelled file, its size and its speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from kuchipaku import LABELS
from modules.emotion.classify import HashedModel, HashedReader, Logits
from modules.emotion.features import features, tokens

FIXED = 0.3
"""The one probability threshold of the figure that is stated beside the tuned one."""

Truth = NDArray[np.bool_]
"""(sentences, labels)"""


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one model on one file; F1 and shares in 0..1, times in milliseconds."""

    macro_f1: float
    macro_f1_fixed: float
    micro_f1: float
    top1: float
    """How often the emotion that would be shown is one of the right ones."""
    label_f1: dict[str, float]
    median_ms: float
    p95_ms: float

    def table(self, size: int) -> str:
        """The figures as text; `size`: bytes of the model's file."""
        figures = [
            ("macro-F1, thresholds by label", f"{self.macro_f1:.4f}"),
            (f"macro-F1, one threshold ({FIXED})", f"{self.macro_f1_fixed:.4f}"),
            ("micro-F1, thresholds by label", f"{self.micro_f1:.4f}"),
            ("top-1", f"{self.top1:.4f}"),
            ("size, MB", f"{size / 1e6:.2f}"),
            ("a sentence, ms: median, p95", f"{self.median_ms:.3f}, {self.p95_ms:.3f}"),
            *((f"F1 {label}", f"{score:.3f}") for label, score in self.label_f1.items()),
        ]
        return "\n".join(f"{name:32} {figure}" for name, figure in figures)


def read_split(path: Path) -> tuple[list[str], Truth]:
    """The texts of a GoEmotions file and which labels each has. Raises ValueError for another kind of file."""
    texts, truth = [], []
    for row in path.read_text(encoding="utf-8").rstrip("\n").split("\n"):
        text, numbers, _ = row.split("\t")
        texts.append(text)
        truth.append(np.isin(range(len(LABELS)), [int(number) for number in numbers.split(",")]))
    return texts, np.stack(truth)


def logits_of(model: HashedModel, texts: Sequence[str]) -> Logits:
    """(texts, labels), by the very code that answers later."""
    return np.stack([model.logits(*features(tokens(text))) for text in texts])


def measure(model: HashedModel, texts: Sequence[str], truth: Truth) -> Report:
    """Every figure of `model` on labelled texts."""
    logits = logits_of(model, texts)
    said = logits >= model.thresholds
    by_label = f1(said, truth)
    shown, times = _shown(HashedReader(model), texts)
    return Report(
        macro_f1=float(by_label.mean()),
        macro_f1_fixed=float(f1(logits >= np.log(FIXED / (1.0 - FIXED)), truth).mean()),
        micro_f1=float(f1(said.reshape(-1, 1), truth.reshape(-1, 1))[0]),
        top1=float(truth[np.arange(len(shown)), shown].mean()),
        label_f1=dict(zip(LABELS, by_label.tolist(), strict=True)),
        median_ms=float(np.median(times)),
        p95_ms=float(np.percentile(times, 95)),
    )


def f1(said: Truth, truth: Truth) -> NDArray[np.float64]:
    """(labels,) F1 of each column; 0 where nothing is said and nothing true."""
    right = (said & truth).sum(axis=0)
    return np.asarray(2.0 * right / np.maximum(said.sum(axis=0) + truth.sum(axis=0), 1))


def _shown(reader: HashedReader, texts: Sequence[str]) -> tuple[list[int], list[float]]:
    shown, times = [], []
    for text in texts:
        begun = perf_counter()
        feeling = reader.feel(text)
        times.append(1000.0 * (perf_counter() - begun))
        shown.append(LABELS.index(feeling.emotion))
    return shown, times
