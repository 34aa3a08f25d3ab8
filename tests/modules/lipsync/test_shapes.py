from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuchipaku import THA_RIG
from kuchipaku.pose import OPENINGS
from modules.lipsync.shapes import SHAPES, lips_of, morphs_of

WIDTH = st.floats(-2.0, 2.0)
HEIGHT = st.floats(0.001, 2.0)


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.pose])
def test_lips_are_drawn_by_the_morphs_they_were_read_from(name: str) -> None:
    pose = SHAPES[name].pose
    assert {k: v for k, v in morphs_of(*lips_of(pose)).items() if v > 1e-9} == pytest.approx(dict(pose))


@given(WIDTH, HEIGHT)
def test_the_mouth_never_does_more_than_it_can(width: float, height: float) -> None:
    drawn = morphs_of(width, height)
    assert set(drawn) == set(OPENINGS) <= set(THA_RIG.morphs)
    assert all(value >= 0.0 for value in drawn.values())
    assert sum(value > 0.0 for value in drawn.values()) <= 2
    assert sum(drawn.values()) <= 1.0 + 1e-9


@given(WIDTH, HEIGHT, st.floats(-1e-4, 1e-4), st.floats(0.0, 1e-4))
def test_a_small_change_of_the_lips_is_a_small_change_of_the_morphs(
    width: float, height: float, dx: float, dy: float
) -> None:
    before, after = morphs_of(width, height), morphs_of(width + dx, height + dy)
    assert max(abs(before[name] - after[name]) for name in OPENINGS) < 2e-3


def test_the_five_vowels_use_five_different_morphs() -> None:
    strongest = {max(SHAPES[v].pose, key=lambda name: SHAPES[v].pose[name]) for v in ("aa", "E", "ih", "oh", "ou")}
    assert len(strongest) == 5


def test_between_ee_and_oo_the_mouth_does_not_gape() -> None:
    (w1, h1), (w2, h2) = lips_of(SHAPES["ih"].pose), lips_of(SHAPES["ou"].pose)
    assert sum(morphs_of((w1 + w2) / 2, (h1 + h2) / 2).values()) < 0.4
