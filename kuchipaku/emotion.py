"""The 28 feelings a line can have, and the readers that find them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

LABELS = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire",
    "disappointment", "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief",
    "joy", "love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise",
    "neutral",
)  # fmt: skip
"""The GoEmotions labels (Demszky et al. 2020, arXiv 2005.00547), in that data set's order."""


@dataclass(frozen=True, slots=True)
class Feeling:
    """An emotion label and how strongly it is felt, 0 to 1."""

    emotion: str = "neutral"
    strength: float = 1.0


class EmotionReader(Protocol):
    """Reads the emotion out of a text."""

    labels: Sequence[str]
    """What it can tell apart."""

    def scores(self, text: str) -> Mapping[str, float]:
        """A score in 0..1 for every label; any text is valid. May raise EngineUnavailable."""
        ...

    def feel(self, text: str) -> Feeling:
        """The one emotion to show for the text. May raise EngineUnavailable."""
        ...
