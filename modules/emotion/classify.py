"""The embedded reader of emotion: a linear model over hashed features, in numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuchipaku import LABELS, Feeling
from modules.emotion.features import BUCKETS, Buckets, Values, bucket, features, is_telling, tokens

MODEL = Path(__file__).with_name("goemotions.npz")
"""The model that ships: trained by train.py on GoEmotions (Demszky et al. 2020)."""
_KNOWN_SHARE = 0.6
"""Share of its words that must be known for a text to be judged; less is another language or noise. By eye."""

Logits = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class HashedModel:
    """What training leaves behind."""

    weights: NDArray[np.int8]
    """(BUCKETS, labels), in units of `scales`."""
    scales: NDArray[np.float32]
    """(labels,)"""
    bias: NDArray[np.float32]
    """(labels,)"""
    rarity: NDArray[np.float16]
    """(BUCKETS,) inverse document frequency."""
    known: NDArray[np.uint8]
    """(BUCKETS / 8,) one bit a bucket: whether a word of the training text falls into it."""
    thresholds: NDArray[np.float32]
    """(labels,) logits from which a label is said to be there; chosen on dev.tsv."""

    def logits(self, buckets: Buckets, values: Values) -> Logits:
        """(labels,) of one sentence; the bias alone where it has no features."""
        weighed = values * self.rarity[buckets].astype(np.float32)
        length = float(np.sqrt(weighed @ weighed)) or 1.0
        summed: Logits = (weighed / length) @ self.weights[buckets].astype(np.float32)
        return summed * self.scales + self.bias

    def knows(self, found: list[str]) -> bool:
        """Whether enough of the words and emoji were seen in training."""
        places = [bucket(token) for token in found if is_telling(token)]
        seen = sum(int(self.known[place >> 3]) >> (place & 7) & 1 for place in places)
        return seen > 0 and seen >= _KNOWN_SHARE * len(places)


def load(path: Path = MODEL) -> HashedModel:
    """The model in a file that train.py wrote. Raises ValueError where it has another shape."""
    with np.load(path, allow_pickle=False) as arrays:
        model = HashedModel(**arrays)
    if model.weights.shape != (BUCKETS, len(LABELS)):
        raise ValueError(f"{path.name}: weights of shape {model.weights.shape}, not {(BUCKETS, len(LABELS))}")
    return model


def save(model: HashedModel, path: Path) -> None:
    """Writes the model as a compressed npz."""
    np.savez_compressed(path, **{name: getattr(model, name) for name in HashedModel.__slots__})


class HashedReader:
    """Reads the 28 emotions out of an English sentence; text in other languages is neutral to it."""

    labels: Sequence[str] = LABELS

    def __init__(self, model: HashedModel | None = None) -> None:
        self._model = model or load()

    def scores(self, text: str) -> dict[str, float]:
        """A probability in 0..1 for each of the 28 labels; any text is valid, read up to LONGEST characters."""
        shares = 1.0 / (1.0 + np.exp(-self._model.logits(*features(tokens(text)))))
        return dict(zip(LABELS, shares.tolist(), strict=True))

    def feel(self, text: str) -> Feeling:
        """The label that passes its threshold by most, 0.5 strong at the threshold and up to 1.

        Neutral at full strength where none passes or too few words are known.
        """
        found = tokens(text)
        if not self._model.knows(found):
            return Feeling()
        margins = self._model.logits(*features(found)) - self._model.thresholds
        best = int(margins.argmax())
        if LABELS[best] == "neutral" or margins[best] < 0.0:
            return Feeling()
        return Feeling(LABELS[best], float(1.0 / (1.0 + np.exp(-margins[best]))))
