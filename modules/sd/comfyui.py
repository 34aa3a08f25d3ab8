"""ComfyUI's API: a graph of nodes is queued, its history is asked for until it is done, the picture fetched."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from kuchipaku import EngineUnavailable
from modules.sd.wire import Wire, nonsense
from modules.sd.wish import Wish

PAUSE = 0.5
"""Seconds between two looks at the history."""
SAVE = "7"
"""The node whose picture is fetched."""


class ComfyUi:
    """A painter. ComfyUI knows of no model in use, so the one that was chosen is kept here."""

    def __init__(
        self,
        wire: Wire,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._wire, self._timeout, self._clock, self._sleep = wire, timeout, clock, sleep
        self._chosen = ""

    def paint(self, wish: Wish) -> bytes:
        """The picture of the last node."""
        answer = self._wire.post("/prompt", {"prompt": graph(wish, self._some_model(), self.samplers())})
        try:
            name = str(answer["prompt_id"])
            (picture, *_) = self._finished(name)["outputs"][SAVE]["images"]
            place = {key: str(picture[key]) for key in ("filename", "subfolder", "type")}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise nonsense() from error
        return self._wire.file("/view", **place)

    def models(self) -> Sequence[str]:
        """The file names of its checkpoints."""
        return self._choices("CheckpointLoaderSimple", "ckpt_name")

    def model(self) -> str:
        """The chosen one, at first the first one."""
        return self._chosen or next(iter(self.models()), "")

    def choose(self, model: str) -> None:
        """It is loaded with the next picture."""
        self._chosen = model

    def samplers(self) -> Sequence[str]:
        """Their names."""
        return self._choices("KSampler", "sampler_name")

    def _some_model(self) -> str:
        model = self.model()
        if not model:
            raise EngineUnavailable("ComfyUI has no checkpoint", hint="put one into its folder models/checkpoints")
        return model

    def _choices(self, node: str, field: str) -> Sequence[str]:
        try:
            choices = self._wire.get(f"/object_info/{node}")[node]["input"]["required"][field]
            # Newer versions write ["COMBO", {"options": [...]}] where older ones write the list itself.
            return [str(name) for name in (choices[1]["options"] if choices[0] == "COMBO" else choices[0])]
        except (KeyError, IndexError, TypeError) as error:
            raise nonsense() from error

    def _finished(self, name: str) -> Any:
        end = self._clock() + self._timeout
        while self._clock() < end:
            entry = self._wire.get(f"/history/{name}").get(name)
            if entry and entry.get("status", {}).get("status_str") == "error":
                raise EngineUnavailable("ComfyUI could not paint that", hint="see its own log")
            if entry and entry.get("outputs"):
                return entry
            self._sleep(PAUSE)
        raise EngineUnavailable(
            f"ComfyUI was not done after {self._timeout:g} seconds",
            hint="ask for fewer steps or a smaller picture, or raise plugins.sd.timeout",
        )


def graph(wish: Wish, model: str, samplers: Sequence[str]) -> dict[str, Any]:
    """The nodes from a checkpoint to a saved picture; an unknown sampler gives way to the first one."""
    sampler = wish.sampler.lower()
    nodes = [
        _node("CheckpointLoaderSimple", ckpt_name=model),
        _node("CLIPTextEncode", text=wish.prompt, clip=["1", 1]),
        _node("CLIPTextEncode", text=wish.negative_prompt, clip=["1", 1]),
        _node("EmptyLatentImage", width=wish.width, height=wish.height, batch_size=1),
        _node(
            "KSampler",
            model=["1", 0],
            positive=["2", 0],
            negative=["3", 0],
            latent_image=["4", 0],
            seed=wish.seed if wish.seed >= 0 else random.randrange(2**32),
            steps=wish.steps,
            cfg=wish.scale,
            sampler_name=sampler if sampler in samplers else next(iter(samplers), "euler"),
            scheduler="karras" if wish.karras else "normal",
            denoise=1.0,
        ),
        _node("VAEDecode", samples=["5", 0], vae=["1", 2]),
        _node("SaveImage", images=["6", 0], filename_prefix="kuchipaku"),
    ]
    return {str(number): node for number, node in enumerate(nodes, start=1)}


def _node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}
