"""The bench's figures of this module: every one is measured, and every measurement has its figure."""

from __future__ import annotations

from collections import defaultdict

import pytest

from kuchipaku import Settings
from kuchipaku.bench.figures import QUICK, NotMeasured
from modules.talkinghead import benchmarks

MEASURES = {
    "modules.talkinghead.filters.benchmark.measure": {
        "lens_and_tape": {"ms": 4.0, "ratio": 2.0},
        "grain_and_tube": {"ms": 5.0},
    },
    "modules.talkinghead.tha4.benchmark.measure": defaultdict(lambda: 20.0),
    "modules.talkinghead.tha3.benchmark.measure_cpu": defaultdict(lambda: 50.0),
    "modules.talkinghead.tha3.benchmark.measure_stages": {"rotation_ms": 40.0},
}


def test_every_figure_is_measured_on_a_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    for place, measured in MEASURES.items():
        monkeypatch.setattr(place, lambda *args, measured=measured, **options: measured)
    filters, tha4, tha3, _ = benchmarks.benchmarks(Settings())
    for benchmark in (filters, tha4, tha3):
        assert set(benchmark.measure(QUICK)) == {figure.key for figure in benchmark.figures}
    assert tha4.measure(QUICK)["tha4_live_fps"] == 50.0


def test_every_variant_is_measured_where_there_is_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = {"eager_ms": 10.0, "graphs_ms": 2.0, "compiled_ms": 1.0, "rms_levels": 0.1, "batch_ms": 0.5}
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("modules.talkinghead.tha3.benchmark.measure_cuda", lambda models, variant: measured)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/nvidia-smi")
    on_card = benchmarks.benchmarks(Settings())[3:]
    assert len(on_card) == len(benchmarks.VARIANTS) == 4
    for benchmark in on_card:
        values = benchmark.measure(QUICK)
        assert set(values) == {figure.key for figure in benchmark.figures}
    assert values["cuda_standard_float_fps"] == 1000.0
    assert values["cuda_standard_float_ratio"] == 10.0


def test_without_a_card_one_benchmark_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("shutil.which", lambda name: None)
    (on_card,) = benchmarks.benchmarks(Settings())[3:]
    with pytest.raises(NotMeasured, match="no CUDA device"):
        on_card.measure(QUICK)


def test_on_a_base_install_the_networks_say_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks, "find_spec", lambda name: None)
    _, *networks = benchmarks.benchmarks(Settings())
    for benchmark in networks:
        with pytest.raises(NotMeasured, match=r"torch, numba not installed: pip install -r requirements-neural\.txt"):
            benchmark.measure(QUICK)
