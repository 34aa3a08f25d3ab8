"""How fast the fast evaluations are, against the plain one in the same run, and how far from it they come out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import torch
from torch import Tensor

from modules.talkinghead.tha3.cuda import SIZES, GraphEngine
from modules.talkinghead.tha3.files import Networks, is_complete, is_separable, load
from modules.talkinghead.tha3.fused.engine import FusedEngine
from modules.talkinghead.tha3.poser import ROTATION, SIZE
from modules.talkinghead.tha3.posing import Engine, PlainEngine, PosedPicture, PoseVector
from modules.talkinghead.tha3.rule import rule_networks

Result = Mapping[str, float | str]


def measure_cpu(models: Path, variant: str, frames: int = 7) -> Result:
    """Milliseconds a frame on this CPU, every stage but the decomposer evaluated; medians of `frames`, interleaved.

    Keys: weights ("published" or "made by a rule"), plain_ms; for separable variants also fused_ms, ratio, and how far
    fused frames are from plain ones, in levels of 255: worst_levels and rms_levels.
    """
    networks = _networks(models, variant)
    engines: dict[str, Engine] = {"plain": PlainEngine(networks)}
    if is_separable(variant):
        engines["fused"] = FusedEngine(networks)
    return {"weights": _origin(models, variant)} | _compared(engines, frames)


def measure_stages(models: Path, variant: str, frames: int = 7) -> Result:
    """Milliseconds of the fastest CPU engine where only a part of the pose changes: rotation_ms, face_ms, eyebrows_ms.

    still_ms is that of a pose that stays; first_ms that of the first frame of a picture, its decomposer included.
    """
    engine = (
        FusedEngine(_networks(models, variant)) if is_separable(variant) else PlainEngine(_networks(models, variant))
    )
    posed = PosedPicture(engine, _picture())
    posed.frame(_pose(0))
    spent: dict[str, list[float]] = {"rotation_ms": [], "face_ms": [], "eyebrows_ms": [], "still_ms": []}
    for number in range(frames):
        for times, part in zip(spent.values(), (ROTATION, slice(12, 39), slice(0, 12), slice(0)), strict=True):
            pose = _pose(0)
            pose[part] = _pose(number + 1)[part]
            posed.frame(_pose(0))
            times.append(_milliseconds(partial(posed.frame, pose)))
    first = median(_milliseconds(lambda: PosedPicture(engine, _picture()).frame(_pose(1))) for _ in range(frames))
    return {name: median(times) for name, times in spent.items()} | {"first_ms": first}


def measure_cuda(models: Path, variant: str, frames: int = 200) -> Result:
    """Milliseconds a frame on the CUDA device: eager in the variant's own dtype, against half precision in graphs.

    Keys as those of `measure_cpu`, with eager_ms, graphs_ms and compiled_ms (graphs of what torch.compile made) in
    place of plain_ms and fused_ms; errors are against float32; batch_ms is that of one of eight pictures in a batch.
    """
    exact = PlainEngine(_networks(models, variant, "cuda"))
    own = torch.float16 if variant.endswith("half") else torch.float32
    half = _networks(models, variant, "cuda", torch.float16)
    graphs = GraphEngine(half)
    engines: dict[str, Engine] = {
        "eager": PlainEngine(_networks(models, variant, "cuda", own)),
        "graphs": graphs,
        "compiled": GraphEngine(half, compiled=True),
    }
    timed = _compared(engines, frames, exact)
    return timed | {"weights": _origin(models, variant), "batch_ms": _batch_milliseconds(graphs, frames)}


def _compared(engines: Mapping[str, Engine], frames: int, exact: Engine | None = None) -> dict[str, float | str]:
    """Times of the engines in turns, the ratio of the first to the second, and the error of the second."""
    posed = {name: PosedPicture(engine, _picture()) for name, engine in engines.items()}
    spent: dict[str, list[float]] = {name: [] for name in posed}
    for number in range(frames + 1):
        for name, picture in posed.items():
            spent[name].append(_milliseconds(partial(picture.frame, _pose(number))))
    result: dict[str, float | str] = {f"{name}_ms": median(times[1:]) for name, times in spent.items()}
    if len(posed) > 1:
        plain, fast, *_ = posed
        result["ratio"] = median(spent[plain][1:]) / median(spent[fast][1:])
        truth = PosedPicture(exact, _picture()) if exact else posed[plain]
        result |= _error(truth, posed[fast], range(2))
    return result


def _error(exact: PosedPicture, fast: PosedPicture, seeds: Sequence[int]) -> dict[str, float]:
    pairs = [(exact.frame(_pose(seed)).float(), fast.frame(_pose(seed)).float()) for seed in seeds]
    error = torch.stack([fast - exact for exact, fast in pairs])
    return {"worst_levels": float(error.abs().max()), "rms_levels": float(error.square().mean().sqrt())}


def _batch_milliseconds(engine: GraphEngine, frames: int) -> float:
    most = SIZES[-1]
    full = engine.take_apart(_picture()).image
    asked = [(full, torch.from_numpy(_pose(seed)[ROTATION])[None]) for seed in range(most)]
    times = [_milliseconds(lambda: engine.turn.evaluate(asked)) for _ in range(max(3, frames // most))]
    return median(times[1:]) / most


def _networks(models: Path, variant: str, device: str = "cpu", dtype: torch.dtype = torch.float32) -> Networks:
    if is_complete(models, variant):
        return load(models, variant, device, dtype)
    return rule_networks(variant, device, dtype)


def _origin(models: Path, variant: str) -> str:
    return "published" if is_complete(models, variant) else "made by a rule"


def _picture() -> Tensor:
    """Some picture with soft and sharp edges, (1, 4, 512, 512)."""
    at = np.linspace(-1, 1, SIZE, dtype=np.float32)
    x, y = np.meshgrid(at, at)
    inside = np.where(x * x + (y + 0.5) ** 2 < 0.12, 1.0, -1.0)
    return torch.from_numpy(np.stack([np.sin(7 * x), np.cos(9 * y), x * y, inside]).astype(np.float32))[None]


def _pose(seed: int) -> PoseVector:
    """Some pose, with every part of it different from that of other seeds."""
    return np.random.default_rng(seed).uniform(0, 1, 45).astype(np.float32)


def _milliseconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)
