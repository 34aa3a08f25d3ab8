"""Settings of the captions: [plugins.caption] in the settings file."""

from __future__ import annotations

from typing import Literal

from kuchipaku import Section


class CaptionSettings(Section):
    """Who says what is in a picture."""

    engine: Literal["auto", "plain", "model"] = "auto"
    """"plain" tells shape and colours, "model" asks a network; "auto": the network if its weights are here."""
    model: str = "Salesforce/blip-image-captioning-large"
    """Folder or Hugging Face name of an image captioning model of the transformers library."""
    device: str = "cpu"
    """Where the network runs: "cpu", "cuda", "cuda:1", "mps"."""
