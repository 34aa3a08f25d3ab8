from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from kuchipaku import LABELS, Character, Cue, Pose, Timeline
from kuchipaku.pose import OPENINGS, lay
from modules.talkinghead.extras.dressing import costume_of
from modules.talkinghead.extras.figure import Figure, held
from modules.talkinghead.extras.files import Wishes
from modules.talkinghead.extras.settings import KEYS, AnimatorSettings

STILL = {"blink_probability": 0.0, "sway_morphs": ()}


def resting(emotion: str) -> Timeline:
    return Timeline(0.0, {"rest": (Cue(0.0, float("inf"), emotion),)})


def common(emotion: str) -> Pose:
    return {"joy": {"eyebrow_happy_left": 1.0}, "anger": {"eyebrow_angry_left": 1.0}}.get(emotion, {})


@pytest.fixture
def who(tmp_path: Path) -> Character:
    return Character("robin", tmp_path, avatar="bars")


def write(who: Character, name: str, content: object) -> None:
    (who.folder / name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


def at(figure: Figure, timeline: Timeline, t: float, below: Pose | None = None) -> dict[str, float]:
    layer = figure.animate(timeline)
    pose = dict(below or {})
    if layer is not None:
        lay(pose, layer(t))
    return pose


def test_without_files_a_character_wears_nothing(who: Character) -> None:
    assert costume_of(who, common) is None


def test_without_wishes_the_layers_below_stay_in_charge(who: Character) -> None:
    below = {"head_x": 0.3, "mouth_aaa": 0.2}
    assert at(Figure(who, common), resting("joy"), 1.0, below) == below
    assert Figure(who, common).costume().fps is None and Figure(who, common).costume().finish is None


@pytest.mark.parametrize("key", KEYS)
def test_only_settings_that_move_the_face_take_it_over(who: Character, key: str) -> None:
    write(who, "_animator.json", {key: AnimatorSettings().to_json()[key]})
    moves = key.partition("_")[0] in ("pose", "blink", "sway", "breathing")
    assert Figure(who, common).in_charge == moves
    assert costume_of(who, common) is not None


@pytest.mark.parametrize(
    ("file", "content"), [("_animator.json", {"sway_morphs": []}), ("_emotions.json", {"sadness": {}})]
)
def test_a_file_puts_the_animator_in_charge(who: Character, file: str, content: object) -> None:
    write(who, file, content)
    pose = at(Figure(who, common), resting("joy"), 0.0, {"eyebrow_serious_left": 0.7})
    assert (pose["eyebrow_happy_left"], pose["eyebrow_serious_left"]) == (1.0, 0.0)
    assert costume_of(who, common) is not None


def test_a_face_is_the_posted_one_else_the_files_else_the_common_one(who: Character) -> None:
    write(who, "_emotions.json", {"joy": {"head_x_index": 0.5}, "smug": {"mouth_smirk": 1.0}})
    figure = Figure(who, common)
    figure.say(Wishes(None, {"joy": {"head_x": -0.5}}))
    assert [figure.face(emotion) for emotion in ("joy", "smug", "anger", "nobody knows")] == [
        {"head_x": -0.5},
        {"mouth_smirk": 1.0},
        {"eyebrow_angry_left": 1.0},
        {},
    ]
    assert figure.emotions() == [*LABELS, "smug"]


def test_settings_posted_lie_over_those_of_the_file_key_by_key(who: Character) -> None:
    write(who, "_animator.json", {"target_fps": 20, "crop_left": 0.5})
    figure = Figure(who, common)
    figure.say(Wishes({"crop_left": 0.25}))
    assert figure.settings == AnimatorSettings(target_fps=20.0, crop_left=0.25)
    assert not figure.is_saved()
    figure.reset()
    assert figure.settings == AnimatorSettings(target_fps=20.0, crop_left=0.5)
    assert figure.is_saved()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "robin/_animator.json: cannot be read"),
        ("[1]", "robin/_animator.json: is no JSON object"),
        ('{"sparkle": 1, "target_fps": 20}', "robin/_animator.json: sparkle is no setting"),
        ('{"postprocessor_chain": [["sparkle", {}]], "target_fps": 20}', "there is no filter 'sparkle'"),
        ('{"talking_fps": 0, "target_fps": 20}', "talking_fps is 0"),
    ],
)
def test_a_broken_file_is_told_and_its_character_lives(
    who: Character, content: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(who, "_animator.json", content)
    with caplog.at_level(logging.WARNING):
        figure = Figure(who, common)
    assert told in figure.trouble[0] and told in caplog.text
    assert figure.settings.target_fps == (20.0 if "target_fps" in content else 25.0)
    assert figure.costume().animate is not None


def test_a_file_with_a_byte_order_mark_is_read(who: Character) -> None:
    (who.folder / "_animator.json").write_text('{"target_fps": 20}', encoding="utf-8-sig")
    assert Figure(who, common).settings.target_fps == 20.0


@pytest.mark.parametrize(("wanted", "worn"), [(20, 20.0), (0.001, 1.0), (100000, 120.0)])
def test_the_frame_rate_is_worn_within_bounds(who: Character, wanted: float, worn: float) -> None:
    write(who, "_animator.json", {"target_fps": wanted})
    assert Figure(who, common).costume().fps == worn


def test_the_edges_are_cut_in_units_of_half_a_picture(who: Character) -> None:
    write(who, "_animator.json", {"crop_left": 0.5, "crop_right": 0.5, "crop_top": 0.25})
    finish = Figure(who, common).costume().finish
    pixels = np.arange(512 * 512 * 4, dtype=np.uint32).reshape(512, 512, 4).astype(np.uint8)
    assert finish is not None
    cut = finish(pixels, 0.0)
    assert cut.shape == (448, 256, 4) and cut.flags["C_CONTIGUOUS"]
    assert (cut == pixels[64:, 128:384]).all()


def test_however_much_is_cut_a_pixel_is_left(who: Character) -> None:
    write(who, "_animator.json", {"crop_left": 2.0, "crop_right": 2.0, "crop_bottom": 2.0})
    finish = Figure(who, common).costume().finish
    assert finish is not None
    assert finish(np.zeros((64, 90, 4), np.uint8), 0.0).shape == (1, 1, 4)


def test_filters_are_laid_on_what_is_left(who: Character) -> None:
    write(who, "_animator.json", {"crop_left": 1.0, "postprocessor_chain": [["translucency", {"alpha": 0.5}]]})
    finish = Figure(who, common).costume().finish
    assert finish is not None
    painted = finish(np.full((8, 8, 4), 255, np.uint8), 0.0)
    assert painted.shape == (8, 4, 4)
    assert abs(int(painted[0, 0, 3]) - 128) <= 1


def test_a_change_of_the_resting_emotion_is_followed_from_when_it_was_seen(who: Character) -> None:
    figure = Figure(who, common)
    figure.say(Wishes(STILL))
    figure.animate(resting("neutral"))(10.0)
    layer = figure.animate(resting("joy"))
    pose = [dict[str, float](), dict[str, float](), dict[str, float]()]
    for given, t in zip(pose, (10.0, 10.0 + 6.5788 / 25, 30.0), strict=True):
        lay(given, layer(t))
    assert [given["eyebrow_happy_left"] for given in pose] == pytest.approx([0.0, 0.5, 1.0], abs=1e-4)


def test_talking_without_wishes_moves_the_openings_alone(who: Character) -> None:
    figure = Figure(who, common)
    figure.start_talking(1.0)
    figure.start_talking(3.0)  # again: nothing new
    assert figure.is_talking
    poses = [at(figure, resting("joy"), 1.0 + n / 12 + 0.01, {"head_x": 0.3, "mouth_ooo": 0.5}) for n in range(40)]
    assert {pose["mouth_aaa"] for pose in poses} >= {0.0, 1.0}
    assert {(pose["head_x"], pose["mouth_ooo"]) for pose in poses} == {(0.3, 0.0)}
    figure.stop_talking(5.0)
    assert not figure.is_talking
    assert at(figure, resting("joy"), 5.0, {"mouth_ooo": 0.5}) == {"mouth_ooo": 0.5}


def test_lips_follow_a_score_whatever_else_talks(who: Character) -> None:
    spoken = Timeline(4.0, {"mouth": (Cue(1.0, 4.0, "aa"),)})
    for wishes in (Wishes(), Wishes(STILL)):
        figure = Figure(who, common)
        figure.say(wishes)
        figure.start_talking(0.0)
        below = dict.fromkeys(OPENINGS, 0.4)
        pose = at(figure, spoken, 2.0, below)
        assert {morph: pose[morph] for morph in OPENINGS} == below


def test_a_held_pose_lies_over_everything_at_once(who: Character) -> None:
    figure = Figure(who, common)
    layer = figure.animate(Timeline(4.0, {"mouth": (Cue(1.0, 4.0, "aa"),)}))
    figure.pose = {"mouth_aaa": 0.1, "head_x": -1.0}
    pose = {"mouth_aaa": 0.4, "head_x": 0.2, "head_y": 0.3}
    lay(pose, layer(2.0))
    assert pose == {"mouth_aaa": 0.1, "head_x": -1.0, "head_y": 0.3}


def test_a_held_morph_takes_every_form_of_it_away() -> None:
    assert held({"*mouth_aaa": 0.5, "mouth_aaa": 0.2, "=head_x": 1.0}, {"mouth_aaa": 0.9}) == {
        "=head_x": 1.0,
        "=mouth_aaa": 0.9,
    }
