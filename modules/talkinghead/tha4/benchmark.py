"""How fast and how exact the evaluators of a THA4 student are, measured side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean, median

import numpy as np

from kuchipaku import Pixels
from modules.talkinghead.tha4.character_model import read_character_model
from modules.talkinghead.tha4.coverage import random_pose
from modules.talkinghead.tha4.fields import Floats
from modules.talkinghead.tha4.fused import FusedStudent
from modules.talkinghead.tha4.gpu import CudaStudent
from modules.talkinghead.tha4.likeness import psnr
from modules.talkinghead.tha4.live import fine_student, live_student
from modules.talkinghead.tha4.rule import ruled_model

Paint = Callable[[Floats], Pixels]


def measure(model_file: Path | None = None, rounds: int = 5, poses: int = 16) -> Mapping[str, float | str]:
    """Milliseconds of a frame (medians of `rounds`, taken in turn), ratios to plain evaluation, and PSNR against exact.

    model_file: the YAML file of a character model; without one, the student is made by rule, and "weights" says so.
    PSNR is that of 8-bit RGBA over `poses` random poses: "live_psnr" as pictures are laid over a ground, colour
    multiplied by alpha; "live_straight_psnr" with straight alpha, where one step of alpha may turn a faint pixel's
    colour.
    """
    model = read_character_model(model_file) if model_file else ruled_model()
    tensors = model.image, model.face, model.body
    plain, exact = CudaStudent(model, "cpu"), FusedStudent(*tensors)
    fine = fine_student(*tensors)
    live = live_student(*tensors, fine=fine)
    try:
        times = timed({"plain": plain.paint, "exact": exact.paint, "fine": fine.paint, "live": live.paint}, rounds)
        errors = _errors(exact, {"fine": fine, "live": live}, poses)
        return {"weights": model_file.parent.name if model_file else "made by rule"} | times | errors
    finally:
        for painter in (plain, exact, fine, live):
            painter.close()


def timed(paints: Mapping[str, Paint], rounds: int) -> dict[str, float]:
    """NAME_ms for each, and NAME_ratio: how many times as fast as the first one."""
    rng = np.random.default_rng(0)
    for paint in paints.values():
        paint(random_pose(rng))
    taken: dict[str, list[float]] = {name: [] for name in paints}
    for _ in range(rounds):
        pose = random_pose(rng)
        for name, paint in paints.items():
            start = time.perf_counter()
            paint(pose)
            taken[name].append(time.perf_counter() - start)
    first, *others = ({name: median(times) * 1000 for name, times in taken.items()}).items()
    ratios = {f"{name}_ratio": first[1] / milliseconds for name, milliseconds in others}
    return {f"{name}_ms": milliseconds for name, milliseconds in (first, *others)} | ratios


def _errors(exact: FusedStudent, others: Mapping[str, FusedStudent], poses: int) -> dict[str, float]:
    rng = np.random.default_rng(1)
    chosen = [random_pose(rng) for _ in range(poses)]
    errors: dict[str, float] = {}
    for name, straight in (("psnr", False), ("straight_psnr", True)):
        truth = [exact.paint(pose, straight=straight) for pose in chosen]
        for way, student in others.items():
            painted = (student.paint(pose, straight=straight) for pose in chosen)
            errors |= _summary(f"{way}_{name}", list(map(psnr, truth, painted)))
    return errors


def _summary(name: str, values: Sequence[float]) -> dict[str, float]:
    return {name: mean(values), f"{name}_min": min(values)}
