"""Settings of the memory of chats: [plugins.chromadb_store] in the settings file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kuchipaku import Section


class ChromaSettings(Section):
    """Where chats are remembered, and how what is alike is found."""

    folder: Path = Path("data/chromadb")
    """Folder of the database; made at the first use."""
    model: str = ""
    """Folder of a sentence-transformers model; empty: the embedded embedder, which compares spellings."""
    device: str = "cpu"
    """Where that model runs: "cpu", "cuda", "cuda:1", "mps"."""
    most: int = Field(100, ge=1, le=10_000)
    """Messages that one query may find."""
