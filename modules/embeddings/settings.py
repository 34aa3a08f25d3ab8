"""Settings of the embeddings: [plugins.embeddings] in the settings file."""

from __future__ import annotations

from kuchipaku import Section


class EmbeddingsSettings(Section):
    """Which model makes vectors of texts. Vectors of two models do not compare: clients index anew after a change."""

    model: str = "wordllama"
    """"wordllama", a small one that comes as a package; or a sentence-transformers model, by folder or name."""
    device: str = "cpu"
    """Where a sentence-transformers model runs: "cpu", "cuda", "cuda:1", "mps"."""
