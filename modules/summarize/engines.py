"""Who summarizes: the engine that the settings name, built when it is first asked."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from kuchipaku.weights.pretrained import ModelOrEmbedded, Pretrained
from modules.summarize.published import SUMMARIZER
from modules.summarize.settings import SummarizeSettings


class Summarizer(Protocol):
    """Makes a text short."""

    def summarize(self, text: str) -> str:
        """The summary: normalized (NFKC), without a blank too many; of an empty text an empty one."""


def engines(mine: SummarizeSettings, models: Path) -> ModelOrEmbedded[Summarizer]:
    """The engines "model" and "extract". `models` is the folder of published weights."""
    weights = Pretrained("the summarizer", mine.model, models, SUMMARIZER)

    def extract() -> Summarizer:
        from modules.summarize.extract import ExtractiveSummarizer

        return ExtractiveSummarizer(mine.sentences)

    def model() -> Summarizer:
        from modules.summarize.model import ModelSummarizer

        return weights.load(lambda folder: ModelSummarizer(folder, mine.device))

    return ModelOrEmbedded("summarizer", mine.engine, model, ("extract", extract))
