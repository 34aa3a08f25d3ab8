"""Which model embeds: the one that the settings name, built when it is first asked."""

from __future__ import annotations

from pathlib import Path

from kuchipaku.registry import Registry
from kuchipaku.weights.pretrained import Pretrained
from modules.embeddings.published import EMBEDDER
from modules.embeddings.settings import EmbeddingsSettings
from modules.embeddings.vectors import Embedder

EMBEDDED = "wordllama"


def embedders(mine: EmbeddingsSettings, models: Path) -> Registry[Embedder]:
    """The embedded model, and the one that the settings name if it is another."""
    known: Registry[Embedder] = Registry("embedding model")

    def embedded() -> Embedder:
        from modules.embeddings.wordllama import WordLlama

        return WordLlama()

    def pretrained() -> Embedder:
        from modules.embeddings.model import SentenceModel

        weights = Pretrained("the embeddings", mine.model, models, EMBEDDER)
        return weights.load(lambda folder: SentenceModel(folder, mine.device))

    known.register(mine.model, pretrained)
    known.register(EMBEDDED, embedded)
    return known
