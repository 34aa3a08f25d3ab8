from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from kuchipaku import LABELS, THA_RIG, Character
from kuchipaku.pose import spread
from modules.emotion.templates import pose_of, templates

NOBODY = Character("nobody", Path())
OPENINGS = {f"mouth_{shape}" for shape in ("aaa", "iii", "uuu", "eee", "ooo", "delta")}


def test_there_is_a_face_for_every_label_and_no_other() -> None:
    assert {*templates()} == {*LABELS}


@pytest.mark.parametrize("label", LABELS)
def test_a_face_keeps_inside_the_rig(label: str) -> None:
    face = templates()[label]
    assert THA_RIG.clamp(face) == face


@pytest.mark.parametrize("label", LABELS)
def test_a_face_leaves_the_mouth_mostly_to_speech(label: str) -> None:
    assert sum(value for name, value in templates()[label].items() if name in OPENINGS) <= 0.9


def test_any_two_faces_differ_at_a_glance() -> None:
    for one, other in combinations(LABELS, 2):
        a, b = templates()[one], templates()[other]
        assert sum(abs(a.get(name, 0.0) - b.get(name, 0.0)) for name in {*a, *b}) > 1.0, (one, other)


def test_a_morph_without_a_side_is_meant_for_both() -> None:
    assert spread({"eye_wink": 1, "head_x": -0.5}) == {"eye_wink_left": 1.0, "eye_wink_right": 1.0, "head_x": -0.5}


def test_a_misspelt_morph_is_named() -> None:
    with pytest.raises(ValueError, match="eye_blink_left"):
        spread({"eye_blink": 1})


def test_a_face_is_weaker_where_less_is_felt() -> None:
    assert pose_of("pride", 0.5, NOBODY)["head_x"] == pytest.approx(0.5 * templates()["pride"]["head_x"])


def test_a_character_may_have_its_own_face_for_an_emotion_and_names_of_its_own() -> None:
    own = Character("own", Path(), emotions={"joy": {"mouth_smirk": 1.0}, "smug": {"head_x": 0.5}})
    assert pose_of("joy", 1.0, own) == {"mouth_smirk": 1.0}
    assert pose_of("smug", 1.0, own) == {"head_x": 0.5}


def test_an_unknown_emotion_is_the_face_at_rest() -> None:
    assert pose_of("hangry", 1.0, NOBODY) == {}
