"""Texts to vectors: by their spelling, which needs no model, or by a model of the user's choice."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kuchipaku import EngineUnavailable
from modules.chromadb_store.settings import ChromaSettings

Vectors = NDArray[np.float32]

SIZE = 512
"""Numbers in a vector of the embedded embedder."""
GRAMS = (3, 4)
"""Letters of the pieces of words that are counted beside whole words: so that "walk" is like "walking"."""
WORD_WEIGHT, GRAM_WEIGHT = 1.0, 0.4
"""A word weighs more than each of its pieces; by eye."""


class Embedder(Protocol):
    """Turns texts into vectors; texts that are alike get vectors that are close."""

    name: str
    """Kept with what it made: vectors of two embedders are never compared."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1, or 0 for a text without a word: float32 (n, d)."""
        ...


class HashedEmbedder:
    """Counts of words and of pieces of words, each at a place and with a sign that its checksum gives.

    The method is feature hashing: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009.
    """

    name = "hashed-1"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32 (n, 512)."""
        vectors = np.zeros((len(texts), SIZE), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for feature, weight in features(text):
                code = zlib.crc32(feature.encode())
                vector[code % SIZE] += weight if code >> 31 else -weight
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.maximum(lengths, 1e-12)
        return vectors


class SentenceEmbedder:
    """A model of the sentence-transformers library, out of a folder on this machine."""

    def __init__(self, folder: Path, model: Any) -> None:
        self.name, self._model = f"sentence-transformers/{folder.name}", model

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32 (n, d), d as the model has it."""
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)


def features(text: str) -> Iterator[tuple[str, float]]:
    """The words of a text and the pieces of each, with their weights."""
    for word in re.findall(r"\w+", text.casefold()):
        yield f"={word}", WORD_WEIGHT
        framed = f"<{word}>"
        for length in GRAMS:
            for start in range(len(framed) - length + 1):
                yield framed[start : start + length], GRAM_WEIGHT


def embedder(settings: ChromaSettings) -> Embedder:
    """The one that the settings name. Raises EngineUnavailable where its package or its folder is missing."""
    if not settings.model:
        return HashedEmbedder()
    folder = Path(settings.model)
    if not folder.is_dir():
        raise EngineUnavailable(f"there is no model in {folder}", hint="set plugins.chromadb_store.model to its folder")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EngineUnavailable(
            "sentence-transformers is not installed", hint="python -m pip install -r requirements-neural.txt"
        ) from error
    return SentenceEmbedder(folder, SentenceTransformer(str(folder), device=settings.device, local_files_only=True))
