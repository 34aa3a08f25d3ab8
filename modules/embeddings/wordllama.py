"""The embedded model: a vector for each piece of a word, averaged over the text. No network of neurons, any language.

The package wordllama (MIT) brings a table of 32,000 x 256 numbers and its tokenizer; only these two files of it are
read. Its own loader would look for the tokenizer in the network.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from kuchipaku import EngineUnavailable
from modules.embeddings.vectors import Vectors, unit_rows

NEEDED = ("wordllama", "tokenizers", "safetensors")
WEIGHTS, TENSOR = "weights/l2_supercat_256.safetensors", "embedding.weight"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
UNKNOWN = 0
"""The token that stands for what is not known, and for a text without any."""
BATCH = 256
"""Texts that are cut into tokens at once."""


class WordLlama:
    """256 numbers a text. Raises EngineUnavailable where its package is not installed."""

    def __init__(self) -> None:
        folder = _package()
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self._table = load_file(folder / WEIGHTS)[TENSOR]
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text, of any length."""
        rows = np.zeros((len(texts), self._table.shape[1]), np.float32)
        for start in range(0, len(texts), BATCH):
            with self._lock:
                cut = self._tokenizer.encode_batch(list(texts[start : start + BATCH]), add_special_tokens=False)
            rows[start : start + BATCH] = [self._average(encoding.ids) for encoding in cut]
        return unit_rows(rows)

    def _average(self, tokens: Sequence[int]) -> Vectors:
        found, counts = np.unique(tokens or [UNKNOWN], return_counts=True)
        return np.asarray(counts @ self._table[found].astype(np.float32) / counts.sum(), np.float32)


def _package() -> Path:
    missing = [name for name in NEEDED if find_spec(name) is None]
    spec = find_spec("wordllama")
    if missing or spec is None or not spec.submodule_search_locations:
        hint = "python -m pip install -r requirements-extras.txt, or set plugins.embeddings.model to another model"
        raise EngineUnavailable(f"the embeddings need {', '.join(missing or NEEDED)}", hint=hint)
    return Path(spec.submodule_search_locations[0])
