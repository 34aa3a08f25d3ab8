"""Any sentence-transformers model, from a folder on this machine, by the transformers library alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from modules.embeddings.vectors import Vectors, unit_rows

POOLING = "1_Pooling/config.json"
LIMITS = "sentence_bert_config.json"
PARTS = "modules.json"
KNOWN_PARTS = {"Transformer", "Pooling", "Normalize"}
"""What a model may consist of here. Without one of its parts its vectors would be wrong, and nobody would see it."""
POOLINGS = {"pooling_mode_cls_token", "pooling_mode_mean_tokens"}
LONGEST = 512
"""Tokens of a text that are read, where the model does not say."""
BATCH = 32
"""Texts at once."""


class SentenceModel:
    """As many numbers a text as the model has. Raises what the library does for a wrong folder."""

    def __init__(self, folder: str, device: str) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        _check_parts(folder)
        self._torch, self._lock = torch, threading.Lock()
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        network = AutoModel.from_pretrained(folder, local_files_only=True)
        self._network = network.to(device).eval()
        self._first = bool(_said(folder, POOLING).get("pooling_mode_cls_token"))
        limit = _said(folder, LIMITS).get("max_seq_length") or LONGEST
        self._longest = min(limit, self._tokenizer.model_max_length)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text, of which the first tokens count, as many as the model was trained on."""
        with self._lock, self._torch.inference_mode():
            batches = list(self._batches(texts))
        return unit_rows(np.concatenate(batches)) if batches else np.zeros((0, 0), np.float32)

    def _batches(self, texts: Sequence[str]) -> Iterator[Vectors]:
        for start in range(0, len(texts), BATCH):
            read = self._tokenizer(
                list(texts[start : start + BATCH]),
                padding=True,
                truncation=True,
                max_length=self._longest,
                return_tensors="pt",
            ).to(self._network.device)
            tokens = self._network(**read).last_hidden_state
            yield self._pooled(tokens, read["attention_mask"]).float().cpu().numpy()

    def _pooled(self, tokens: Any, mask: Any) -> Any:
        """The first token's vector, or the mean of all that are no padding: as the model was trained."""
        if self._first:
            return tokens[:, 0]
        weights = mask.unsqueeze(-1).to(tokens.dtype)
        return (tokens * weights).sum(1) / weights.sum(1).clamp(min=1.0)


def _check_parts(folder: str) -> None:
    """Raises ValueError for a model that pools otherwise, or has further layers."""
    path = Path(folder) / PARTS
    parts = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    pooling = _said(folder, POOLING).items()
    further = {part["type"].rpartition(".")[2] for part in parts} - KNOWN_PARTS
    others = {mode for mode, on in pooling if mode.startswith("pooling_mode_") and on} - POOLINGS
    if further or others:
        raise ValueError(f"it needs {', '.join(sorted(further | others))}, which is not offered here")


def _said(folder: str, file: str) -> dict[str, Any]:
    """What a model's file says; nothing where it has none."""
    path = Path(folder) / file
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
