"""What an atlas composes, against what the avatar itself paints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kuchipaku import Pixels
from kuchipaku.character import read_character
from kuchipaku.pose import OPENINGS
from modules.atlas.atlas import Atlas, part_of
from modules.atlas.avatar import AtlasAvatar
from modules.atlas.face import Ground, shares
from modules.atlas.picture import premultiplied, psnr
from modules.atlas.samples import CLOSING, PROBES, TURNS, Sample, plan

SUMIRE = Path(__file__).resolve().parents[3] / "characters" / "sumire"


def apart(a: Pixels, b: Pixels) -> int:
    """Largest difference of two pictures, in steps of 255."""
    return int(np.abs(a.astype(int) - b.astype(int)).max())


def near(a: Pixels, b: Pixels) -> float:
    return psnr(premultiplied(a), premultiplied(b))


@pytest.mark.parametrize("strength", [0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("morph", [*OPENINGS, *CLOSING])
def test_mouth_and_lids_are_exact_at_the_stored_shapes(
    whole: AtlasAvatar, doodle: type, morph: str, strength: float
) -> None:
    assert apart(whole.paint({morph: strength}), doodle().paint({morph: strength})) <= 1


def test_every_stored_shape_of_the_face_is_exact(whole: AtlasAvatar, doodle: type) -> None:
    shapes = [sample.pose for sample in plan(whole.rig) if not sample.turns]
    exact = doodle()
    assert len(shapes) == 102
    assert max(apart(whole.paint(pose), exact.paint(pose)) for pose in shapes) <= 1


def test_rest_is_the_picture_itself(whole: AtlasAvatar, doodle: type) -> None:
    assert np.array_equal(whole.paint({}), doodle().paint({}))
    assert np.array_equal(whole.paint({"no such morph": 1.0}), whole.paint({}))


def test_both_eyes_and_the_mouth_go_together(whole: AtlasAvatar, doodle: type) -> None:
    pose = {"mouth_ooo": 0.5, "eye_wink_left": 1.0, "eye_wink_right": 0.5, "eyebrow_raised_left": 1.0}
    assert apart(whole.paint(pose), doodle().paint(pose)) <= 1


def test_closed_lids_hide_where_the_eyes_look(whole: AtlasAvatar, doodle: type) -> None:
    shut = {"eye_wink_left": 1.0, "eye_wink_right": 1.0}
    eyes = (slice(36, 52), slice(42, 87))
    looking_aside = whole.paint(shut | {"iris_rotation_y": 1.0})[eyes]
    assert near(looking_aside, doodle().paint(shut)[eyes]) > 30.0
    assert near(whole.paint({"iris_rotation_y": 1.0})[eyes], doodle().paint(shut)[eyes]) < 20.0


@pytest.mark.parametrize("morph", ["head_x", "head_y", "neck_z", "body_z"])
def test_turns_come_near_where_they_are_stored_and_between(whole: AtlasAvatar, doodle: type, morph: str) -> None:
    for strength in (-1.0, -0.8, -0.3, 0.3, 0.5, 1.0):
        exact = doodle().paint({morph: strength})
        still = near(doodle().paint({}), exact)
        assert near(whole.paint({morph: strength}), exact) > max(22.0, still + 2.0), strength


def test_turns_carry_the_face_along(whole: AtlasAvatar, doodle: type) -> None:
    turned = {"head_y": 0.5, "body_z": -0.6, "mouth_aaa": 1.0, "eye_wink_left": 1.0}
    exact = doodle().paint(turned)
    assert near(whole.paint(turned), exact) > near(whole.paint(turned | {"mouth_aaa": 0.0}), exact) + 1.0


def test_the_puppet_is_exact_in_its_mouth_and_lids_and_near_when_it_moves() -> None:
    from modules.puppet.avatar import Puppet

    puppet = Puppet.of(read_character(SUMIRE))
    rest = puppet.paint({}).copy()
    ground = Ground.of(premultiplied(rest), [premultiplied(puppet.paint(probe)) for probe in PROBES])
    shapes = [Sample("mouth_aaa", 1.0), Sample("eye_wink_left", 0.5), Sample("mouth_ooo", 0.5)]
    turns = [Sample("head_y", 0.5), Sample("body_z", -0.5)]
    atlas = Atlas.of(rest)
    for sample in (*shapes, *turns):
        atlas = atlas.having(sample, part_of(sample, ground, puppet.paint(sample.pose)))
    for sample in shapes:
        assert apart(premultiplied(atlas.compose(sample.pose)), premultiplied(puppet.paint(sample.pose))) <= 1
    live = {"head_y": 0.3, "body_z": -0.4, "mouth_aaa": 1.0}
    assert near(atlas.compose(live), puppet.paint(live)) > 28.0
    assert near(atlas.compose(live), puppet.paint(live)) > near(rest, puppet.paint(live)) + 6.0


def test_what_a_network_redraws_everywhere_is_no_morphs_own() -> None:
    rest = np.full((64, 64, 4), 200, np.uint8)
    probes = []
    for row in (20, 35, 50):
        probe = rest.copy()
        probe[5, :] = 150  # an outline, with each face
        probe[row : row + 8, 28:40] = 20
        probes.append(probe)
    ground = Ground.of(rest, probes)
    own = ground.own(probes[1])
    assert own[35:43, 28:40].all() and not own[:30].any()
    assert ground.own(probes[0])[20:28, 28:40].all()


def test_morphs_of_one_feature_share_it() -> None:
    brows = {"eyebrow_raised_left": 1.0, "eyebrow_happy_left": 1.0, "eyebrow_raised_right": 0.5, "head_x": 1.0}
    assert shares(brows) == [
        ("eyebrow_raised_left", 1.0, 0.5),
        ("eyebrow_happy_left", 1.0, 0.5),
        ("eyebrow_raised_right", 0.5, 1.0),
    ]
    assert shares({"mouth_aaa": 0.1, "mouth_eee": 0.4}) == [("mouth_aaa", 0.5, 0.2), ("mouth_eee", 0.5, 0.8)]
    assert shares({"iris_rotation_x": -0.5, "mouth_ooo": 0.0}) == [("iris_rotation_x", -0.5, 1.0)]


def test_the_plan_begins_with_what_talks_and_asks_nothing_twice(doodle: type) -> None:
    samples = plan(doodle.rig)
    assert [sample.morph for sample in samples[:6]] == list(OPENINGS)
    assert len({sample.name for sample in samples}) == len(samples)
    assert {sample.morph for sample in samples} == set(doodle.rig.morphs)
    assert {s.strength for s in samples if s.morph == "breathing"} == {0.5, 1.0}
    assert sorted(s.strength for s in samples if s.morph == "neck_z") == [-1.0, -0.5, 0.5, 1.0]
    first_turn = next(n for n, sample in enumerate(samples) if sample.morph in TURNS)
    assert first_turn < 20
