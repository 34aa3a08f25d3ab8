"""What `python -m kuchipaku bench` measures of this module: each evaluation against the plain one in the same run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from kuchipaku import Settings
from kuchipaku.bench.figures import Benchmark, Effort, Figure, NotMeasured, Values

VARIANTS = ("separable_half", "separable_float", "standard_half", "standard_float")

FILTERS = (
    Figure("filters_ms", "five filters in a chain: lens and tape", most=8),
    Figure("filters_grain_ms", "five filters in a chain: grain and tube", most=8),
    Figure("filters_ratio", "times as fast as one filter after the other"),
)
THA4 = (
    Figure("tha4_plain_ms", "THA4, layer by layer"),
    Figure("tha4_exact_ms", "THA4 exact, pose to RGBA"),
    Figure("tha4_exact_ratio", "THA4 exact, times as fast as layer by layer", least=8),
    Figure("tha4_fine_fps", "THA4 fine, pose to RGBA, frames a second"),
    Figure("tha4_fine_psnr", "THA4 fine against exact, mean of random poses, dB"),
    Figure("tha4_live_fps", "THA4 live, pose to RGBA, frames a second", least=25),
    Figure("tha4_live_psnr", "THA4 live against exact, mean of random poses, dB", least=36),
    Figure("tha4_live_psnr_min", "THA4 live against exact, worst pose, dB"),
)
THA3 = (
    Figure("tha3_plain_ms", "THA3 separable, layer by layer, decomposer kept"),
    Figure("tha3_fused_ms", "THA3 separable, fused, everything moving"),
    Figure("tha3_ratio", "THA3 separable, times as fast as layer by layer", least=2),
    Figure("tha3_rms_levels", "THA3 fused against plain, rms in levels of 255"),
    Figure("tha3_turn_ms", "THA3 fused, only head and body moving"),
)


def benchmarks(settings: Settings) -> Sequence[Benchmark]:
    """Each with its targets. Networks are the published ones where they have been fetched, else made by a rule."""
    models = settings.folders.models
    return (
        Benchmark(FILTERS, _filters),
        Benchmark(THA4, partial(_tha4, models / "tha4")),
        Benchmark(THA3, partial(_tha3, models / "tha3")),
        *(Benchmark(_cuda_figures(variant), _cuda(models / "tha3", variant)) for variant in _variants()),
    )


def _variants() -> Sequence[str]:
    """Those to measure on CUDA; where there is no such card, one that says so is enough."""
    return VARIANTS if shutil.which("nvidia-smi") else VARIANTS[:1]


def _cuda_figures(variant: str) -> tuple[Figure, ...]:
    small = variant == "separable_half"
    return (
        Figure(f"cuda_{variant}_eager_ms", f"THA3 {variant} on CUDA, eager"),
        Figure(f"cuda_{variant}_ms", f"THA3 {variant} on CUDA, half precision in graphs"),
        Figure(f"cuda_{variant}_fps", "the same, frames a second", least=500 if small else None),
        Figure(f"cuda_{variant}_ratio", "the same, times as fast as eager", least=5 if small else None),
        Figure(f"cuda_{variant}_rms_levels", "the same against float32, rms in levels of 255"),
        Figure(f"cuda_{variant}_batch_fps", "the same, eight characters in a batch, frames a second in all"),
    )


def _filters(effort: Effort) -> Values:
    from modules.talkinghead.filters.benchmark import measure

    measured = measure(rounds=2 * effort.windows)
    lens, grain = measured["lens_and_tape"], measured["grain_and_tube"]
    return {"filters_ms": lens["ms"], "filters_grain_ms": grain["ms"], "filters_ratio": lens["ratio"]}


def _check_installed() -> None:
    if missing := [name for name in ("torch", "numba") if find_spec(name) is None]:
        raise NotMeasured(f"{', '.join(missing)} not installed: pip install -r requirements-neural.txt")


def _tha4(models: Path, effort: Effort) -> Values:
    _check_installed()
    from modules.talkinghead.tha4.benchmark import measure

    model = next(iter(sorted(models.glob("*/character_model.yaml"))), None)
    measured = measure(model, rounds=effort.windows, poses=64)
    return {
        "tha4_plain_ms": float(measured["plain_ms"]),
        "tha4_exact_ms": float(measured["exact_ms"]),
        "tha4_exact_ratio": float(measured["exact_ratio"]),
        "tha4_fine_fps": 1000 / float(measured["fine_ms"]),
        "tha4_fine_psnr": float(measured["fine_psnr"]),
        "tha4_live_fps": 1000 / float(measured["live_ms"]),
        "tha4_live_psnr": float(measured["live_psnr"]),
        "tha4_live_psnr_min": float(measured["live_psnr_min"]),
    }


def _tha3(models: Path, effort: Effort) -> Values:
    _check_installed()
    from modules.talkinghead.tha3.benchmark import measure_cpu, measure_stages

    measured = measure_cpu(models, "separable_float", frames=effort.windows)
    stages = measure_stages(models, "separable_float", frames=effort.windows)
    return {
        "tha3_plain_ms": float(measured["plain_ms"]),
        "tha3_fused_ms": float(measured["fused_ms"]),
        "tha3_ratio": float(measured["ratio"]),
        "tha3_rms_levels": float(measured["rms_levels"]),
        "tha3_turn_ms": float(stages["rotation_ms"]),
    }


def _cuda(models: Path, variant: str) -> Callable[[Effort], Values]:
    def measure(effort: Effort) -> Values:
        _check_installed()
        import torch

        if not torch.cuda.is_available():
            raise NotMeasured("no CUDA device here")
        from modules.talkinghead.tha3.benchmark import measure_cuda

        measured = {key: value for key, value in measure_cuda(models, variant).items() if isinstance(value, float)}
        fast = min(measured["graphs_ms"], measured["compiled_ms"])
        prefix = f"cuda_{variant}"
        return {
            f"{prefix}_eager_ms": measured["eager_ms"],
            f"{prefix}_ms": fast,
            f"{prefix}_fps": 1000 / fast,
            f"{prefix}_ratio": measured["eager_ms"] / fast,
            f"{prefix}_rms_levels": measured["rms_levels"],
            f"{prefix}_batch_fps": 1000 / measured["batch_ms"],
        }

    return measure
