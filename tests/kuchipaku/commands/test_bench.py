from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kuchipaku.bench import tasks
from kuchipaku.bench.figures import FIGURES, FULL, QUICK, Values
from kuchipaku.bench.tasks import TASKS, Bench, Task
from kuchipaku.commands import bench
from kuchipaku.errors import BadRequest


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    bench.add_parser(parser.add_subparsers())
    return parser.parse_args(["bench", *arguments])


def two(made: Bench) -> Values:
    return {"viewers": 30.0, "viewers_api_p95_ms": 4.0}


def broken(made: Bench) -> Values:
    raise RuntimeError("no sound here")


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = (Task(("viewers", "viewers_api_p95_ms"), two), Task(("stop_silence_ms",), broken))
    monkeypatch.setattr(tasks, "TASKS", fake)


@pytest.mark.usefixtures("fakes")
def test_the_figures_are_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = parsed(["--json", str(tmp_path / "figures.json"), "--only", "viewers,stop_silence_ms"])
    assert given.run(given) == 0
    flat = json.loads((tmp_path / "figures.json").read_text())
    assert flat["viewers"] == 30.0
    assert flat["stop_silence_ms"] is None
    assert flat["stop_silence_ms_reason"] == "RuntimeError: no sound here"
    assert all(isinstance(flat[key], str) for key in ("python", "commit", "machine", "date", "numpy", "opencv"))
    assert not any(isinstance(value, (dict, list)) for value in flat.values())
    printed = capsys.readouterr()
    assert "reached" in printed.out and "not measured" in printed.out
    assert "viewers" in printed.err


@pytest.mark.usefixtures("fakes")
def test_nothing_measured_is_a_failure() -> None:
    given = parsed(["--only", "stop_silence_ms"])
    assert given.run(given) == 1


def test_an_unknown_figure_tells_the_known_ones() -> None:
    with pytest.raises(BadRequest, match="speed") as refused:
        bench.chosen("puppet_fps, speed", FIGURES)
    assert "first_audio_ms" in refused.value.hint


def test_figures_come_in_their_own_order() -> None:
    assert [figure.key for figure in bench.chosen("rss_mb,puppet_fps", FIGURES)] == ["puppet_fps", "rss_mb"]
    assert bench.chosen("", FIGURES) == list(FIGURES)


def test_every_figure_has_one_task() -> None:
    assert sorted(key for task in TASKS for key in task.keys) == sorted(figure.key for figure in FIGURES)


def test_quick_asks_for_less_of_everything_but_viewers() -> None:
    assert QUICK.viewers == FULL.viewers
    assert all(getattr(QUICK, name) < getattr(FULL, name) for name in FULL.__slots__ if name != "viewers")
