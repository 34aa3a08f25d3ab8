"""A reader of emotion over any sequence-classification model of the transformers library."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

from kuchipaku import EngineUnavailable, Feeling

LONGEST = 512
"""Tokens read of a text."""
_LEAST = 0.25
"""Score under which a label is not shown."""


class TransformersReader:
    """A pretrained classifier; its own labels, in lower case.

    The score is a sigmoid for each label where the model's config says it was trained for several labels at
    once, a softmax over all otherwise. Raises EngineUnavailable where the library or the weights are missing.
    """

    def __init__(self, model: str, device: str = "cpu", download: bool = False) -> None:
        self._torch = _library("torch")
        transformers = _library("transformers")
        try:
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(model, local_files_only=not download)
            network = transformers.AutoModelForSequenceClassification.from_pretrained(
                model, local_files_only=not download
            )
            self._network = network.to(device).eval()
        except (OSError, ValueError, RuntimeError, AssertionError) as error:  # torch asserts that it knows a device
            raise EngineUnavailable(f"the emotion model {model!r} cannot be loaded", hint=_cure(model)) from error
        config = self._network.config
        self._several = config.problem_type == "multi_label_classification"
        self.labels: Sequence[str] = tuple(config.id2label[n].lower() for n in range(config.num_labels))

    def scores(self, text: str) -> dict[str, float]:
        """A score in 0..1 for every label; any text is valid, read up to LONGEST tokens."""
        with self._torch.inference_mode():
            logits = self._network(**self._encoded(text)).logits[0]
            shares = logits.sigmoid() if self._several else logits.softmax(-1)
        return dict(zip(self.labels, shares.tolist(), strict=True))

    def feel(self, text: str) -> Feeling:
        """The label of the highest score, and the score; neutral where that is low or the text is empty."""
        if not text.strip():
            return Feeling()
        label, score = max(self.scores(text).items(), key=lambda item: item[1])
        return Feeling(label, score) if score >= _LEAST else Feeling()

    def _encoded(self, text: str) -> Any:
        longest = min(LONGEST, self._tokenizer.model_max_length)
        found = self._tokenizer(text, truncation=True, max_length=longest, return_tensors="pt")
        return found.to(self._network.device)


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        hint = "pip install -r requirements-neural.txt, or use the reader 'goemotions'"
        raise EngineUnavailable(f"the emotion reader 'transformers' needs {name}", hint=hint) from error


def _cure(model: str) -> str:
    return f"fetch it once (hf download {model}), or set download = true in [plugins.emotion], or check the name"
