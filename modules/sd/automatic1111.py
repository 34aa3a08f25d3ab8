"""The API of AUTOMATIC1111's web UI: /sdapi/v1, which Forge, SD.Next and others speak as well."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from modules.sd.wire import Wire, nonsense
from modules.sd.wish import Wish


class Automatic1111:
    """A painter."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def paint(self, wish: Wish) -> bytes:
        """The first picture that comes."""
        answer = self._wire.post("/sdapi/v1/txt2img", order(wish))
        try:
            return base64.b64decode(answer["images"][0].rpartition(",")[2])
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise nonsense() from error

    def models(self) -> Sequence[str]:
        """The titles of its checkpoints."""
        return _each(self._wire.get("/sdapi/v1/sd-models"), "title")

    def model(self) -> str:
        """The title of the checkpoint in use."""
        (title,) = _each([self._wire.get("/sdapi/v1/options")], "sd_model_checkpoint")
        return title

    def choose(self, model: str) -> None:
        """It answers when the model is loaded."""
        self._wire.post("/sdapi/v1/options", {"sd_model_checkpoint": model})

    def samplers(self) -> Sequence[str]:
        """Their names."""
        return _each(self._wire.get("/sdapi/v1/samplers"), "name")


def order(wish: Wish) -> dict[str, Any]:
    """A wish as the body of txt2img; what is not asked for is left to the server."""
    body: dict[str, Any] = {
        "prompt": wish.prompt,
        "negative_prompt": wish.negative_prompt,
        "sampler_name": wish.sampler,
        "steps": wish.steps,
        "cfg_scale": wish.scale,
        "width": wish.width,
        "height": wish.height,
        "seed": wish.seed,
        "restore_faces": wish.restore_faces,
        "enable_hr": wish.enable_hr,
    }
    if wish.karras:
        body["scheduler"] = "Karras"
    return body | (_second_pass(wish) if wish.enable_hr else {})


def _second_pass(wish: Wish) -> dict[str, Any]:
    body: dict[str, Any] = {
        "hr_scale": wish.hr_scale,
        "hr_second_pass_steps": wish.hr_second_pass_steps,
        "denoising_strength": wish.denoising_strength,
    }
    return body | ({"hr_upscaler": wish.hr_upscaler} if wish.hr_upscaler else {})


def _each(items: Any, key: str) -> list[str]:
    try:
        return [str(item[key] or "") for item in items]
    except (KeyError, TypeError) as error:
        raise nonsense() from error
