"""Who captions: the engine that the settings name, built when it is first asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kuchipaku.weights.pretrained import ModelOrEmbedded, Pretrained
from modules.caption.published import CAPTIONER
from modules.caption.settings import CaptionSettings

if TYPE_CHECKING:
    from PIL import Image


class Captioner(Protocol):
    """Says what is in a picture."""

    def caption(self, picture: Image.Image) -> str:
        """The caption of an RGBA picture."""


def engines(mine: CaptionSettings, models: Path) -> ModelOrEmbedded[Captioner]:
    """The engines "model" and "plain". `models` is the folder of published weights."""
    weights = Pretrained("the captioner", mine.model, models, CAPTIONER)

    def plain() -> Captioner:
        from modules.caption.plain import PlainCaptioner

        return PlainCaptioner()

    def model() -> Captioner:
        from modules.caption.model import ModelCaptioner

        return weights.load(lambda folder: ModelCaptioner(folder, mine.device))

    return ModelOrEmbedded("captioner", mine.engine, model, ("plain", plain))
