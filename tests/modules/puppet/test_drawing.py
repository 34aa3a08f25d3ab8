"""The parts that the puppet is made of: curves, alpha, movement, lips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuchipaku import THA_RIG
from modules.puppet.blend import over, premultiplied, straightened
from modules.puppet.curves import normals, spline, stroke
from modules.puppet.description import LayerSpec, PuppetSpec
from modules.puppet.motion import Rigging, turn_of
from modules.puppet.mouth import lips, opening

POSES = st.fixed_dictionaries({name: st.floats(*bounds) for name, bounds in THA_RIG.ranges.items()})


def test_a_spline_passes_through_its_control_points() -> None:
    controls = [(0.0, 0.0), (1.0, 3.0), (2.0, -1.0), (5.0, 2.0)]
    assert np.allclose(spline(controls, 31)[::10], controls)


def test_a_spline_through_a_straight_line_is_straight() -> None:
    assert np.allclose(spline([(0, 0), (1, 2), (2, 4)], 11), np.linspace((0, 0), (2, 4), 11))


def test_a_normal_points_to_the_right_of_the_way() -> None:
    assert np.allclose(normals(np.array([(0.0, 0.0), (0.0, 1.0), (0.0, 2.0)])), [(-1, 0)] * 3)


def test_a_stroke_is_as_wide_as_told() -> None:
    outline = stroke(np.linspace((0.0, 0.0), (10.0, 0.0), 11), [0, 2, 0])
    assert np.allclose(outline[5], (5, 1))
    assert np.allclose(outline[-6], (5, -1))
    assert np.allclose(outline[0], outline[-1])


def test_alpha_survives_both_ways() -> None:
    rng = np.random.default_rng(1)
    straight = rng.integers(0, 256, (40, 40, 4), dtype=np.uint8)
    straight[..., 3] = np.where(straight[..., 3] < 40, 0, straight[..., 3])
    straight[straight[..., 3] == 0] = 0
    back = straightened(premultiplied(straight))
    assert (back[..., 3] == straight[..., 3]).all()
    assert np.abs(back.astype(int) - straight.astype(int)).max() <= 4


def test_over_is_the_sum_of_light() -> None:
    below = np.full((1, 1, 4), 200, np.uint8)
    over(below, np.array([[[60, 0, 0, 100]]], np.uint8))
    through = 200 * (255 - 100) / 255
    assert np.allclose(below[0, 0], [60 + through, through, through, 100 + through], atol=1)


@settings(max_examples=40, deadline=None)
@given(POSES)
def test_the_inverse_movement_undoes_the_movement(pose: dict[str, float]) -> None:
    layers = [
        LayerSpec(file="a", depth=24, bulge=52),
        LayerSpec(file="b", group="body"),
        LayerSpec(file="c", group="neck"),
        LayerSpec(file="d", depth=-34, sway=0.5),
    ]
    rigging = Rigging.of(PuppetSpec(), layers)
    x, y = (np.broadcast_to(grid, (4, 5, 5)) for grid in np.meshgrid(np.linspace(180, 330, 5), np.linspace(80, 340, 5)))
    turn = turn_of(pose)
    back_x, back_y = rigging.backward(*rigging.forward(x, y, turn), turn)
    assert np.hypot(back_x - x, back_y - y).max() < 1.0
    assert np.hypot(back_x - x, back_y - y).mean() < 0.1


@settings(max_examples=60, deadline=None)
@given(POSES)
def test_lips_never_cross(pose: dict[str, float]) -> None:
    upper, lower = lips(opening(pose), pose)
    assert (upper[:, 1] <= lower[:, 1] + 1e-9).all()


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_two_openings_at_full_strength_do_not_open_further_than_one(strength: float) -> None:
    one = opening({"mouth_aaa": 1.0})
    two = opening({"mouth_aaa": 1.0, "mouth_eee": strength})
    assert two.up + two.down <= one.up + one.down


def test_a_hanging_part_bends_more_towards_its_tip_and_clothes_ignore_the_head() -> None:
    hanging = {"sway": 0.8, "root": (200.0, 200.0), "tip": (200.0, 360.0)}
    layers = [LayerSpec(file="hair", **hanging), LayerSpec(file="tie", group="body", **hanging)]
    stiff = [layer.model_copy(update={"sway": 0.0}) for layer in layers]
    x, y = np.full((2, 1, 3), 200.0), np.broadcast_to([200.0, 280.0, 360.0], (2, 1, 3))
    turn = turn_of({"neck_z": 1.0, "head_y": 1.0})
    bent, _ = Rigging.of(PuppetSpec(), layers).forward(x, y, turn)
    straight, _ = Rigging.of(PuppetSpec(), stiff).forward(x, y, turn)
    hair, tie = np.abs(bent - straight)[:, 0]
    assert hair[0] < 0.1 < hair[1] < hair[2]
    assert tie.max() < 1e-9
