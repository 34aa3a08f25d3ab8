from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from kuchipaku import Cue, Line, Pose, Speech, Timeline
from kuchipaku.plugins import Plugins, load_plugins

FOLDER = Path(__file__).parents[2] / "plugins"
SECOND = Speech(np.zeros(16_000, np.float32), 16_000)


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return load_plugins([], FOLDER)


def only(plugins: Plugins, hook: str) -> Callable[..., object]:
    return dict(plugins.callers(hook))["question_tilt"]


def test_it_is_loaded_by_default(plugins: Plugins) -> None:
    states = {info.name: info.state for info in plugins.infos()}
    assert states["question_tilt"] == "ready"


def test_the_example_is_short() -> None:
    assert len((FOLDER / "question_tilt.py").read_text().splitlines()) <= 25


@pytest.mark.parametrize("text", ["Are you there?", "“Really?”", "元気ですか？", "كيف حالك؟"])
def test_a_question_is_written_into_the_score(plugins: Plugins, text: str) -> None:
    cues = only(plugins, "compose_cues")(line=Line(0, text), speech=SECOND, character=None, settings=None)
    assert cues == {"gesture": [Cue(0.0, 1.0, "question")]}


def test_a_statement_is_not(plugins: Plugins) -> None:
    assert only(plugins, "compose_cues")(line=Line(0, "Yes."), speech=SECOND, character=None, settings=None) is None


def tilt(plugins: Plugins, *cues: Cue) -> Callable[[float], float]:
    timeline = Timeline(9.0, {"gesture": cues})
    layer = only(plugins, "animate")(timeline=timeline, character=None, settings=None)
    assert callable(layer)

    def at(t: float) -> float:
        pose: Pose = layer(t)
        assert isinstance(pose, Mapping)
        return pose["neck_z"]

    return at


def test_the_head_tilts_with_the_question_and_comes_back(plugins: Plugins) -> None:
    at = tilt(plugins, Cue(1.0, 3.0, "question"))
    assert [at(t) for t in (0.0, 1.0, 2.0, 3.0, 3.5, 9.0)] == pytest.approx([0.0, 0.0, 0.4, 0.4, 0.0, 0.0])
    assert 0.0 < at(1.25) < 0.4 and 0.0 < at(3.25) < 0.4


def test_the_pieces_of_one_question_are_one_tilt(plugins: Plugins) -> None:
    at = tilt(plugins, Cue(1.0, 2.0, "question"), Cue(2.0, 3.0, "question"))
    assert [at(1.5 + n / 10) for n in range(15)] == pytest.approx([0.4] * 15)


def test_other_gestures_do_not_move_it(plugins: Plugins) -> None:
    assert tilt(plugins, Cue(1.0, 3.0, "nod"))(2.0) == 0.0
