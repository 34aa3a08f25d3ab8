"""The neural engine: any sequence-to-sequence model of the transformers library, from a folder on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from modules.summarize.text import tidy

CONTEXT = 1024
"""Tokens that are read at once, where the model does not say."""
LONGEST = 142
"""Tokens of one summary."""


class ModelSummarizer:
    """Summarizes in the model's own words; one text at a time. Raises what the library does for a wrong folder."""

    def __init__(self, folder: str, device: str) -> None:
        import torch
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

        self._torch, self._lock = torch, threading.Lock()
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        network = AutoModelForSeq2SeqLM.from_pretrained(folder, local_files_only=True)
        self._network = network.to(device).eval()
        positions = getattr(network.config, "max_position_embeddings", CONTEXT)
        self.context: int = min(self._tokenizer.model_max_length, positions)
        """Tokens of a text that are read at once; a longer one is halved until its parts fit."""

    def summarize(self, text: str) -> str:
        """The summary; of a text that is too long, those of its parts, one after another."""
        with self._lock:
            parts = halved(tidy(text), self._fits)
            return tidy(" ".join(self._generated(part) for part in parts if part))

    def _fits(self, text: str) -> bool:
        return len(self._tokenizer(text, verbose=False).input_ids) <= self.context

    def _generated(self, text: str) -> str:
        read: Any = self._tokenizer(text, truncation=True, max_length=self.context, return_tensors="pt")
        with self._torch.inference_mode():
            written = self._network.generate(
                input_ids=read.input_ids.to(self._network.device),
                attention_mask=read.attention_mask.to(self._network.device),
                max_new_tokens=LONGEST,
                min_length=0,  # of a short text, the many words that news models are set to would be invented
                num_beams=4,
                no_repeat_ngram_size=3,
                early_stopping=True,
            )
        return str(self._tokenizer.decode(written[0], skip_special_tokens=True))


def halved(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The text in pieces that fit, cut in the middle again and again, at a blank where there is one near."""
    if len(text) < 2 or fits(text):
        return [text]
    middle = text.rfind(" ", len(text) // 4, len(text) // 2 + 1)
    middle = middle if middle > 0 else len(text) // 2
    return halved(text[:middle].strip(), fits) + halved(text[middle:].strip(), fits)
