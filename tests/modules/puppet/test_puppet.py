"""The puppet by value and property, on the character that ships."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from kuchipaku import THA_RIG, Pixels, Pose
from kuchipaku.character import read_character
from kuchipaku.testing import check_avatar
from modules.puppet.avatar import Puppet

SUMIRE = Path(__file__).resolve().parents[3] / "characters" / "sumire"
EYE_RIGHT = (slice(185, 240), slice(180, 244))
"""Rows and columns of the eye on the picture's left."""
MOUTH = (slice(230, 298), slice(222, 290))
IRIS = np.array([63, 143, 184])
"""Colour of the middle of the iris."""


@pytest.fixture(scope="module")
def puppet() -> Puppet:
    return Puppet.of(read_character(SUMIRE))


@cache
def painted(puppet: Puppet, pose: tuple[tuple[str, float], ...]) -> Pixels:
    return puppet.paint(dict(pose))


def change(puppet: Puppet, pose: Pose, base: Pose | None = None) -> NDArray[np.int64]:
    """Largest difference of any channel to the base pose, pixel by pixel: (512, 512)."""
    difference = cv2.absdiff(*(painted(puppet, tuple(each.items())) for each in (pose, base or {})))
    return np.asarray(difference.max(axis=2), np.int64)


def dark_inside(picture: Pixels) -> int:
    """Pixels of the colour behind the lips."""
    return int((np.abs(picture[MOUTH][..., :3].astype(int) - (147, 64, 76)).max(axis=2) < 12).sum())


def test_it_keeps_the_promises_of_an_avatar(puppet: Puppet) -> None:
    check_avatar(puppet)
    assert puppet.rig is THA_RIG
    assert puppet.paint({}).shape == (512, 512, 4)


@pytest.mark.parametrize("morph", THA_RIG.morphs)
def test_every_morph_changes_the_picture(puppet: Puppet, morph: str) -> None:
    assert (change(puppet, {morph: 1.0}) > 24).sum() > 20


@pytest.mark.parametrize("morph", [name for name, (low, _) in THA_RIG.ranges.items() if low < 0])
def test_a_rotation_has_two_directions(puppet: Puppet, morph: str) -> None:
    assert (change(puppet, {morph: 1.0}, {morph: -1.0}) > 24).sum() > 100


@pytest.mark.parametrize("morph", [name for name in THA_RIG.morphs if name.endswith(("_left", "_right"))])
def test_left_is_the_characters_own_left(puppet: Puppet, morph: str) -> None:
    columns = np.nonzero(change(puppet, {morph: 1.0}).any(axis=0))[0]
    middle = columns.mean()
    assert (middle > 256) == morph.endswith("_left")
    if not morph.startswith("mouth"):
        assert (columns > 256).all() or (columns < 256).all()


@pytest.mark.parametrize("morph", [name for name in THA_RIG.morphs if name.startswith("mouth")])
def test_a_mouth_morph_moves_nothing_but_the_mouth(puppet: Puppet, morph: str) -> None:
    changed = change(puppet, {morph: 1.0})
    changed[MOUTH] = 0
    assert not changed.any()


def test_the_mouth_opens_steadily_with_aaa(puppet: Puppet) -> None:
    areas = [dark_inside(puppet.paint({"mouth_aaa": strength})) for strength in np.linspace(0, 1, 9)]
    assert areas[0] == 0
    assert areas[-1] > 200
    assert all(later >= earlier for earlier, later in pairwise(areas))


def test_small_steps_of_the_pose_are_small_steps_of_the_picture(puppet: Puppet) -> None:
    for morph in ("mouth_ooo", "eye_wink_left", "head_y", "neck_z", "breathing"):
        steps = [change(puppet, {morph: x + 0.02}, {morph: x}).mean() for x in np.linspace(0, 0.98, 4)]
        assert max(steps) < 4.0


def test_the_five_vowels_differ(puppet: Puppet) -> None:
    vowels = [f"mouth_{vowel}" for vowel in ("aaa", "iii", "uuu", "eee", "ooo")]
    for n, one in enumerate(vowels):
        for other in vowels[n + 1 :]:
            assert (change(puppet, {one: 1.0}, {other: 1.0})[MOUTH] > 60).sum() > 60, (one, other)


@pytest.mark.parametrize("lid", ["eye_wink_right", "eye_happy_wink_right"])
def test_a_closed_eye_hides_the_iris(puppet: Puppet, lid: str) -> None:
    def iris(pose: Pose) -> int:
        colours = puppet.paint(pose)[EYE_RIGHT][..., :3].astype(int)
        return int((np.abs(colours - IRIS).max(axis=2) < 30).sum())

    assert iris({}) > 100
    assert iris({lid: 1.0}) == 0


@pytest.mark.parametrize(("morph", "axis", "sign"), [("iris_rotation_x", 0, -1), ("iris_rotation_y", 1, -1)])
def test_the_gaze_goes_up_and_to_the_pictures_left(puppet: Puppet, morph: str, axis: int, sign: int) -> None:
    def iris(strength: float) -> float:
        colours = puppet.paint({morph: strength})[EYE_RIGHT][..., :3].astype(int)
        return float(np.nonzero(np.abs(colours - IRIS).max(axis=2) < 40)[axis].mean())

    assert sign * (iris(0.8) - iris(-0.8)) > 3


def mouth_at(puppet: Puppet, pose: Pose) -> NDArray[np.float64]:
    """Row and column of the mouth: where opening it changes the picture."""
    return np.array(np.nonzero(change(puppet, pose | {"mouth_aaa": 1.0}, pose) > 24)).mean(axis=1)


def test_the_head_turns_up_and_to_the_pictures_left(puppet: Puppet) -> None:
    rest = mouth_at(puppet, {})
    assert mouth_at(puppet, {"head_x": 1.0})[0] < rest[0] - 8
    assert mouth_at(puppet, {"head_y": 1.0})[1] < rest[1] - 8


@pytest.mark.parametrize("morph", ["neck_z", "body_z"])
def test_the_head_tilts_counter_clockwise(puppet: Puppet, morph: str) -> None:
    def crown(strength: float) -> float:
        return float(np.nonzero(puppet.paint({morph: strength})[:100, :, 3])[1].mean())

    assert crown(1.0) < crown(0.0) - 15
    assert crown(-1.0) > crown(0.0) + 15


def test_alpha_is_straight(puppet: Puppet) -> None:
    picture = puppet.paint({"head_y": 0.7, "neck_z": -0.4}).astype(float)
    colour, alpha = picture[..., :3], picture[..., 3:] / 255
    assert not colour[picture[..., 3] == 0].any()
    on_white, on_black = colour * alpha + 255 * (1 - alpha), colour * alpha
    assert np.allclose(on_white - on_black, 255 * (1 - alpha))
    # No dark fringe: an edge is as bright as the line that it fades out of.
    edge = (picture[..., 3] > 60) & (picture[..., 3] < 200)
    assert 40 < colour[edge].mean() < 180


def test_the_picture_has_no_holes_and_touches_the_bottom(puppet: Puppet) -> None:
    for pose in ({"body_z": 1.0, "breathing": 1.0}, {"body_z": -1.0, "body_y": 1.0}):
        bottom = puppet.paint(pose)[-1, :, 3]
        solid = np.nonzero(bottom == 255)[0]
        assert len(solid) > 200
        assert (bottom[solid[0] : solid[-1] + 1] == 255).all()


def test_a_pose_is_clamped_and_strangers_are_ignored(puppet: Puppet) -> None:
    assert (puppet.paint({"head_y": 9.0, "wings": 1.0}) == puppet.paint({"head_y": 1.0})).all()


def test_the_same_pose_gives_the_same_bytes_whatever_came_between(puppet: Puppet) -> None:
    pose = {"mouth_iii": 0.4, "eye_wink_left": 0.3, "head_x": 0.2}
    first = puppet.paint(pose).tobytes()
    puppet.paint({"mouth_aaa": 1.0, "eye_wink_left": 1.0, "neck_z": 1.0})
    assert puppet.paint(pose).tobytes() == first


def test_a_painted_picture_is_not_changed_by_the_next(puppet: Puppet) -> None:
    first = puppet.paint({})
    copy = first.copy()
    puppet.paint({"head_y": 1.0})
    assert (first == copy).all()


def test_the_poster_is_the_puppet_at_rest(puppet: Puppet) -> None:
    with Image.open(SUMIRE / "picture.png") as poster:
        assert np.abs(np.asarray(poster).astype(int) - puppet.paint({}).astype(int)).max() <= 2
