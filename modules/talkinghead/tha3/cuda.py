"""The poser on a GPU: each stage a CUDA graph, several characters a batch, frames returned through pinned memory.

All of it runs on a CPU as well, where a graph is the function that would have been captured.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from modules.talkinghead.tha3 import poser
from modules.talkinghead.tha3.batch import Batch
from modules.talkinghead.tha3.files import Networks
from modules.talkinghead.tha3.networks import Combined
from modules.talkinghead.tha3.pixels import to_pixels
from modules.talkinghead.tha3.posing import TakenApart

SIZES = (1, 2, 4, 8)
"""Pictures in a batch; what does not fill one is evaluated with the last picture repeated."""

Stage = Callable[..., Tensor]
Arguments = tuple[Tensor, ...]

_ONE_AT_A_TIME = threading.Lock()
"""No other work may be launched while a graph is captured."""


class Captured:
    """A function of tensors as one CUDA graph. What a call gives is good until the next one."""

    def __init__(self, function: Stage, *examples: Tensor) -> None:
        self._inputs = [example.clone() for example in examples]
        self._graph = torch.cuda.CUDAGraph()
        with torch.backends.cudnn.flags(benchmark=True):
            self._warm_up(function)
            with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
                self._output = function(*self._inputs)

    def __call__(self, *arguments: Tensor) -> Tensor:
        for held, argument in zip(self._inputs, arguments, strict=True):
            held.copy_(argument, non_blocking=True)
        self._graph.replay()
        return self._output

    def _warm_up(self, function: Stage) -> None:
        """Let libraries choose and load their kernels, which they may not do while a graph is captured."""
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(3):
                function(*self._inputs)
        torch.cuda.current_stream().wait_stream(aside)


def captured(function: Stage, *examples: Tensor) -> Stage:
    """`function` as a graph for arguments like `examples`; as it is where there are no graphs."""
    return Captured(function, *examples) if examples[0].is_cuda else function


class Graphs:
    """One stage of the poser: a graph for each number of pictures, made when it is first needed."""

    def __init__(self, function: Stage, device: torch.device, deliver: Callable[[Tensor], Tensor]) -> None:
        self._function = function
        self._device = device
        self._deliver = deliver
        self._graphs: dict[int, Stage] = {}

    @torch.inference_mode()
    def __call__(self, asked: Sequence[Arguments]) -> Sequence[Tensor]:
        """The stage for up to eight pictures at once."""
        size = next(size for size in SIZES if size >= len(asked))
        filled = [*asked, *[asked[-1]] * (size - len(asked))]
        arguments = [_gathered(column, self._device) for column in zip(*filled, strict=True)]
        with _ONE_AT_A_TIME:
            if size not in self._graphs:
                self._graphs[size] = captured(self._function, *arguments)
            made = self._deliver(self._graphs[size](*arguments))
            return [made[i : i + 1] for i in range(len(asked))]


class GraphStage:
    """One stage for any number of threads: what they ask for at a time is evaluated together.

    Nothing in it refers back to it, so that the memory of its graphs is free as soon as it is let go of.
    """

    def __init__(self, function: Stage, device: torch.device, deliver: Callable[[Tensor], Tensor]) -> None:
        self.evaluate = Graphs(function, device, deliver)
        self._batch: Batch[Arguments, Tensor] = Batch(self.evaluate, SIZES[-1])

    def __call__(self, *arguments: Tensor) -> Tensor:
        """The stage for one picture, together with those that other threads ask for."""
        return self._batch.ask(arguments)


class GraphEngine:
    """The networks of one variant for any number of characters: what they ask for at a time becomes one batch."""

    def __init__(self, networks: Networks, *, compiled: bool = False) -> None:
        self._networks = networks
        self._device = networks.like.device
        combine, morph, turn = (_compiled(stage) if compiled else stage for stage in _stages(networks))
        self.move_eyebrows = GraphStage(combine, self._device, Tensor.clone)
        """See Engine."""
        self.move_face = GraphStage(morph, self._device, Tensor.clone)
        """See Engine."""
        self.turn = GraphStage(turn, self._device, fetched)
        """See Engine."""

    @torch.inference_mode()
    def take_apart(self, image: Tensor) -> TakenApart:
        """See Engine."""
        with _ONE_AT_A_TIME:
            held = image.to(self._device)
            decomposed = poser.decompose(self._networks, held)
        return TakenApart(held, decomposed.background, decomposed.eyebrows)


def fetched(pixels: Tensor) -> Tensor:
    """`pixels` on the CPU: copied into pinned memory, which a GPU writes to by itself, and waited for."""
    there = torch.empty(pixels.shape, dtype=pixels.dtype, pin_memory=pixels.is_cuda)
    there.copy_(pixels, non_blocking=True)
    if pixels.is_cuda:
        torch.cuda.current_stream().synchronize()
    return there


def _stages(networks: Networks) -> tuple[Stage, Stage, Stage]:
    """Eyebrows, face and rotation as functions of batches."""

    def combine(background: Tensor, eyebrows: Tensor, pose: Tensor) -> Tensor:
        made: Combined = networks.eyebrow_morphing_combiner(background, eyebrows, pose)
        return made.image

    def morph(image: Tensor, brows: Tensor, pose: Tensor) -> Tensor:
        face = poser.face_with(image, brows)
        return poser.with_face(image, networks.face_morpher(face, pose).image)

    def turn(full: Tensor, pose: Tensor) -> Tensor:
        return to_pixels(poser.edit(networks, full, poser.rotate(networks, full, pose), pose).image)

    return combine, morph, turn


def _compiled(stage: Stage) -> Stage:
    return torch.compile(stage, dynamic=False)


def _gathered(tensors: Sequence[Tensor], device: torch.device) -> Tensor:
    """Tensors (1, ...) as a batch on `device`; what comes from the CPU goes through pinned memory."""
    batch = torch.cat(list(tensors))
    if batch.device == device:
        return batch
    return batch.pin_memory().to(device, non_blocking=True)
