"""Settings of the emotion module: [plugins.emotion] in the settings file."""

from __future__ import annotations

from kuchipaku import Section


class EmotionSettings(Section):
    """What the second reader of emotion, "transformers", runs; the embedded one needs no settings."""

    transformers_model: str = "SamLowe/roberta-base-go_emotions"
    """Name or folder of a sequence-classification model of the transformers library."""
    device: str = "cpu"
    """Where it runs: "cpu", "cuda", "cuda:1", "mps"."""
    download: bool = False
    """Whether its weights may be fetched from the network; false: only what is on this machine is used."""
