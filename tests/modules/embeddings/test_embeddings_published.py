from __future__ import annotations

from modules import embeddings
from modules.embeddings.model import LIMITS, POOLING


def test_the_model_of_the_extras_can_be_fetched_whole() -> None:
    (published,) = embeddings.published_weights()
    assert published.folder == "sentence-transformers/all-mpnet-base-v2"
    assert {"config.json", "tokenizer.json", "model.safetensors", POOLING, LIMITS} <= {f.path for f in published.files}
    assert not published.non_commercial
