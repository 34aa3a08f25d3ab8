"""The THA4 student on a GPU: the reference networks, recorded once as a CUDA graph and replayed for every pose."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from kuchipaku import Pixels
from modules.talkinghead.tha4.character_model import CharacterModel
from modules.talkinghead.tha4.composing import FAINTEST
from modules.talkinghead.tha4.fields import Floats
from modules.talkinghead.tha4.networks import POSE, SIZE, Student


class CudaStudent:
    """A student on a device of torch, float32; on CUDA as a graph, elsewhere step by step."""

    def __init__(self, model: CharacterModel, device: str = "cuda") -> None:
        self._student = Student(torch.from_numpy(model.image)[None], model.face, model.body).to(device)
        on_cuda = torch.device(device).type == "cuda"
        self._pose = torch.zeros(POSE, device=device)
        self._waiting = torch.zeros(POSE, pin_memory=on_cuda)
        self._finished = torch.zeros((SIZE, SIZE, 4), dtype=torch.uint8, pin_memory=on_cuda)
        self._graph: torch.cuda.CUDAGraph | None = None
        if on_cuda:
            self._record()

    @torch.inference_mode()
    def paint(self, pose: Floats) -> Pixels:
        """RGBA (512, 512, 4), straight alpha, of a pose (45,) float32."""
        self._waiting.copy_(torch.from_numpy(pose))
        self._pose.copy_(self._waiting, non_blocking=True)
        if self._graph is None:
            self._pixels = encoded(self._student(self._pose).frame)
        else:
            self._graph.replay()
        self._finished.copy_(self._pixels, non_blocking=True)
        if self._graph is not None:
            torch.cuda.synchronize()
        return np.array(self._finished.numpy())

    def close(self) -> None:
        """Free the device's memory."""
        self._graph = None
        del self._student, self._pose, self._pixels

    @torch.inference_mode()
    def _record(self) -> None:
        warming = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        with torch.cuda.stream(warming):
            for _ in range(3):
                self._pixels = encoded(self._student(self._pose).frame)
        torch.cuda.current_stream().wait_stream(warming)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._pixels = encoded(self._student(self._pose).frame)


def encoded(frame: Tensor) -> Tensor:
    """(1, 4, H, W) premultiplied linear light in -1..1 -> RGBA uint8 (H, W, 4): sRGB, straight alpha."""
    unit = (frame[0].permute(1, 2, 0) + 1.0) * 0.5
    alpha = unit[..., 3:].clamp(0.0, 1.0)
    light = torch.where(alpha > FAINTEST, unit[..., :3] / alpha.clamp_min(FAINTEST), 0.0).clamp(0.0, 1.0)
    srgb = torch.where(light <= 0.0031308, light * 12.92, 1.055 * light.clamp_min(0.0031308) ** (1 / 2.4) - 0.055)
    return (torch.cat([srgb, alpha], dim=-1) * 255.0).round().to(torch.uint8)
