from __future__ import annotations

import json
from pathlib import Path

import pytest

from kuchipaku.pose import THA_RIG, lay, mix, pose_at, shut_once, smoothstep

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "pose_parameters.json"


@pytest.mark.shared
def test_the_rig_is_the_45_parameters_in_their_order() -> None:
    if not REFERENCE.is_file():
        pytest.skip("the shared data folder is not beside the project")
    parameters = json.loads(REFERENCE.read_text())["parameters"]
    assert THA_RIG.morphs == tuple(p["name"] for p in parameters)
    assert dict(THA_RIG.ranges) == {p["name"]: tuple(p["range"]) for p in parameters}


def test_the_rig_has_45_morphs() -> None:
    assert len(set(THA_RIG.morphs)) == 45 == len(THA_RIG.ranges)


def test_clamping_holds_the_range_and_forgets_the_unknown() -> None:
    assert THA_RIG.clamp({"mouth_aaa": 1.7, "head_x": -2.0, "tail": 1.0}) == {"mouth_aaa": 1.0, "head_x": -1.0}


def test_layers_add_multiply_and_replace() -> None:
    def feeling(t: float) -> dict[str, float]:
        return {"mouth_ooo": 0.4, "head_x": 0.2, "mouth_iii": 0.5}

    def life(t: float) -> dict[str, float]:
        return {"head_x": t}

    def mouth(t: float) -> dict[str, float]:
        return {"*mouth_ooo": 0.5, "mouth_ooo": 0.1, "=mouth_iii": 0.3}

    pose = pose_at([feeling, life, mouth], 0.1)
    assert pose == pytest.approx({"mouth_ooo": 0.3, "head_x": 0.3, "mouth_iii": 0.3})


def test_multiplying_what_is_absent_leaves_it_at_rest() -> None:
    pose: dict[str, float] = {}
    lay(pose, {"*mouth_aaa": 0.5})
    assert pose == {"mouth_aaa": 0.0}


@pytest.mark.parametrize(("x", "eased"), [(-1.0, 0.0), (0.0, 0.0), (0.5, 0.5), (1.0, 1.0), (2.0, 1.0)])
def test_smoothstep_goes_from_0_to_1(x: float, eased: float) -> None:
    assert smoothstep(x) == eased


def test_mixing_treats_absent_morphs_as_rest() -> None:
    assert mix({"a": 1.0}, {"b": 1.0}, 0.25) == {"a": 0.75, "b": 0.25}


def test_a_lid_that_is_shut_smiling_is_not_shut_again_by_a_blink() -> None:
    pose = {"eye_happy_wink_left": 0.75, "eye_wink_left": 1.0, "eye_wink_right": 1.0}
    assert shut_once(pose) == {"eye_happy_wink_left": 0.75, "eye_wink_left": 0.25, "eye_wink_right": 1.0}
