"""The neural engine: any image captioning model of the transformers library, from a folder on this machine."""

from __future__ import annotations

import threading
from typing import Any

from PIL import Image

from modules.caption.picture import on_white

LONGEST = 60
"""Tokens of one caption."""


class ModelCaptioner:
    """Says what a network sees; one picture at a time. Raises what the library does for a wrong folder."""

    def __init__(self, folder: str, device: str) -> None:
        import torch
        import transformers

        library: Any = transformers
        self._torch, self._lock = torch, threading.Lock()
        self._processor = library.AutoImageProcessor.from_pretrained(folder, local_files_only=True)
        self._tokenizer = library.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        network = library.AutoModelForImageTextToText.from_pretrained(folder, local_files_only=True)
        self._network = network.to(device).eval()

    def caption(self, picture: Image.Image) -> str:
        """The caption of an RGBA picture."""
        with self._lock, self._torch.inference_mode():
            seen = self._processor(images=on_white(picture), return_tensors="pt")
            pixels = seen.pixel_values.to(self._network.device)
            written = self._network.generate(pixel_values=pixels, max_new_tokens=LONGEST)
            return " ".join(self._tokenizer.decode(written[0], skip_special_tokens=True).split())
