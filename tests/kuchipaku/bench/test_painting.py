from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path

import numpy as np
import pytest

from kuchipaku.bench import painting
from kuchipaku.services import Services


@pytest.fixture
def fakes(tmp_path: Path) -> Iterator[Services]:
    made = run_path(str(Path(__file__).with_name("fake_server.py")))["services_in"](tmp_path)
    yield made
    made.shutdown()


def test_the_face_that_is_painted_talks(fakes: Services) -> None:
    scene = painting.talking(fakes, ["Papa is home."])
    openings = {scene.pose(n).get("mouth_aaa", 0.0) for n in range(30)}
    assert openings == {0.0, 1.0}


def test_every_figure_of_painting_is_a_number(fakes: Services) -> None:
    found = painting.picture_figures(fakes, windows=1)
    assert set(found) == {"puppet_fps", "paint_ms", "png_ms", "jpeg_ms"}
    assert all(math.isfinite(value) and value > 0 for value in found.values())


def test_emotion_and_voice_are_timed(fakes: Services) -> None:
    assert painting.emotion_figures(fakes, windows=1)["emotion_ms"] > 0
    assert painting.voice_figures(fakes, times=2)["espeak_first_piece_ms"] > 0


def test_the_mouths_region_is_where_an_open_mouth_changes_the_picture(fakes: Services) -> None:
    rows, columns = painting.mouth_region(fakes)
    avatar = painting.talking(fakes, ["a"]).avatar
    changed = np.any(avatar.paint({"mouth_aaa": 1.0}) != avatar.paint({}), axis=2)
    assert changed[rows, columns].all()
    assert changed.sum() == changed[rows, columns].sum()
