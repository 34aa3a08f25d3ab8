from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from kuchipaku import THA_RIG, BadRequest
from modules.talkinghead.extras.reading import extras_morph, plain_morph
from modules.talkinghead.extras.settings import KEYS, AnimatorSettings, lenient, strict

DEFAULTS = {
    "target_fps": 25,
    "crop_left": 0.0,
    "crop_right": 0.0,
    "crop_top": 0.0,
    "crop_bottom": 0.0,
    "pose_interpolator_step": 0.1,
    "blink_interval_min": 2.0,
    "blink_interval_max": 5.0,
    "blink_probability": 0.03,
    "blink_confusion_duration": 10.0,
    "talking_fps": 12,
    "talking_morph": "mouth_aaa_index",
    "sway_morphs": ["head_x_index", "head_y_index", "neck_z_index", "body_y_index", "body_z_index"],
    "sway_interval_min": 5.0,
    "sway_interval_max": 10.0,
    "sway_macro_strength": 0.6,
    "sway_micro_strength": 0.02,
    "breathing_cycle_duration": 4.0,
    "postprocessor_chain": [],
}


def test_keys_and_defaults_are_those_of_the_extras() -> None:
    assert AnimatorSettings().to_json() == DEFAULTS
    assert AnimatorSettings(**strict(DEFAULTS, "test")) == AnimatorSettings()


def test_what_is_written_is_what_is_read() -> None:
    sent = DEFAULTS | {
        "target_fps": 20,
        "talking_morph": "mouth_delta",
        "sway_morphs": ["neck_z_index"],
        "postprocessor_chain": [["bloom", {"luma_threshold": 0.5}], ["scanlines", {}]],
    }
    assert AnimatorSettings(**strict(sent, "test")).to_json() == sent
    json.dumps(sent)


@pytest.mark.parametrize(("plain", "written"), [("head_x", "head_x_index"), ("mouth_smirk", "mouth_smirk")])
def test_morphs_are_taken_in_both_forms(plain: str, written: str) -> None:
    assert extras_morph(plain) == written
    assert plain_morph(plain) == plain_morph(written) == plain
    assert strict({"sway_morphs": [plain, written]}, "test") == {"sway_morphs": (plain,)}


def test_every_morph_has_one_written_form() -> None:
    assert {plain_morph(extras_morph(morph)) for morph in THA_RIG.morphs} == set(THA_RIG.morphs)


HARMLESS = [
    ({"no_such_setting": 1}, "no_such_setting is no setting"),
    ({"target_fps": "fast"}, "target_fps is 'fast'"),
    ({"sway_morphs": "head_x_index"}, "sway_morphs is 'head_x_index'"),
    ({"talking_morph": 3}, "talking_morph is 3"),
    ({"postprocessor_chain": {}}, "postprocessor_chain is {}"),
    ({"crop_left": None}, "crop_left is None"),
]
DEADLY = [
    ({"target_fps": 0}, "target_fps is 0"),
    ({"target_fps": float("nan")}, "target_fps is nan"),
    ({"talking_fps": 0}, "talking_fps is 0"),
    ({"breathing_cycle_duration": 0.0}, "breathing_cycle_duration is 0.0"),
    ({"pose_interpolator_step": 0}, "pose_interpolator_step is 0"),
    ({"pose_interpolator_step": 1.5}, "pose_interpolator_step is 1.5"),
    ({"blink_interval_max": float("inf")}, "blink_interval_max is inf"),
    ({"blink_interval_max": 10**20}, "blink_interval_max is 1000"),
    ({"sway_macro_strength": -1}, "sway_macro_strength is -1"),
    ({"talking_morph": "mouth"}, "talking_morph names 'mouth'"),
    ({"sway_morphs": ["head_x_index", "tail"]}, "sway_morphs names 'tail'"),
    ({"sway_morphs": [3]}, "sway_morphs names 3"),
    ({"postprocessor_chain": [["sparkle", {}]]}, "'sparkle'"),
    ({"postprocessor_chain": [["bloom", {"sparkle": 1}]]}, "sparkle"),
    ({"postprocessor_chain": ["bloom"]}, "postprocessor_chain[0]"),
]


@pytest.mark.parametrize(("sent", "told"), HARMLESS)
def test_the_extras_drop_what_is_harmless_and_name_it(
    sent: dict[str, Any], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert lenient({**sent, "breathing_cycle_duration": 5}, "posted") == {"breathing_cycle_duration": 5.0}
    assert told in caplog.text


@pytest.mark.parametrize(("sent", "told"), DEADLY)
def test_the_extras_refuse_what_ended_their_animator(sent: dict[str, Any], told: str) -> None:
    with pytest.raises(BadRequest) as refused:
        lenient(sent, "posted")
    assert str(refused.value).startswith("posted: ") and told in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize(("sent", "told"), [*HARMLESS, *DEADLY])
def test_our_own_house_refuses_both(sent: dict[str, Any], told: str) -> None:
    with pytest.raises(BadRequest) as refused:
        strict(sent, "mine")
    assert told in str(refused.value) and refused.value.hint


def test_a_truth_value_is_a_number_as_in_the_extras() -> None:
    assert strict({"crop_left": True}, "test") == {"crop_left": 1.0}


def test_every_key_tells_what_it_is_and_its_slider_holds_its_default() -> None:
    for name, key in KEYS.items():
        default = getattr(AnimatorSettings(), name)
        assert key.about
        assert key.kind != "number" or key.low <= default <= key.high, name
        assert key.kind != "number" or key.least <= key.low < key.high <= key.most, name


def test_a_file_of_every_key_reads_from_disk(tmp_path: Path) -> None:
    (tmp_path / "_animator.json").write_text(json.dumps(DEFAULTS))
    assert strict(json.loads((tmp_path / "_animator.json").read_text()), "file")["talking_morph"] == "mouth_aaa"
