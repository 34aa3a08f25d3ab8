"""Settings of the summaries: [plugins.summarize] in the settings file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kuchipaku import Section


class SummarizeSettings(Section):
    """Who summarizes."""

    engine: Literal["auto", "extract", "model"] = "auto"
    """"extract" picks the text's own sentences, "model" asks a network; "auto": the network if its weights are here."""
    model: str = "Qiliang/bart-large-cnn-samsum-ChatGPT_v3"
    """Folder or Hugging Face name of a sequence-to-sequence model of the transformers library."""
    device: str = "cpu"
    """Where the network runs: "cpu", "cuda", "cuda:1", "mps"."""
    sentences: int = Field(6, ge=1, le=100)
    """Sentences that "extract" picks at most; of a short text it picks a third."""
