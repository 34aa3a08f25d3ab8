from __future__ import annotations

import logging
from typing import Any

import pytest

from kuchipaku import THA_RIG, BadRequest
from modules.talkinghead.extras.templates import lenient, strict, strict_pose, to_json


def test_both_forms_of_a_name_are_the_same_morph() -> None:
    read = strict({"joy": {"mouth_aaa_index": 1, "head_x": -0.5, "mouth_smirk": 0.2}}, "test")
    assert read == {"joy": {"mouth_aaa": 1.0, "head_x": -0.5, "mouth_smirk": 0.2}}


def test_values_outside_the_usual_range_are_kept_and_breathing_is_not() -> None:
    read = strict({"nervousness": {"mouth_raised_corner_left_index": 1.2, "breathing_index": 0.5}}, "test")
    assert read == {"nervousness": {"mouth_raised_corner_left": 1.2}}


@pytest.mark.parametrize("value", ["1", None, float("nan"), float("inf"), [], {}, 10**20])
@pytest.mark.parametrize("read", [strict, lenient])
def test_what_is_no_number_is_refused_by_name(read: Any, value: object) -> None:
    with pytest.raises(BadRequest, match=r"posted: joy\.mouth_aaa_index is "):
        read({"joy": {"mouth_aaa_index": value}}, "posted")


@pytest.mark.parametrize("read", [strict, lenient])
def test_a_template_that_is_no_object_is_refused(read: Any) -> None:
    with pytest.raises(BadRequest, match="posted: joy is 3"):
        read({"joy": 3}, "posted")


def test_an_unknown_morph_is_named_and_dropped_for_the_extras_and_refused_at_home(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent = {"joy": {"no_such_morph": 1.0, "mouth_aaa_index": 0.5}}
    with caplog.at_level(logging.WARNING):
        assert lenient(sent, "posted") == {"joy": {"mouth_aaa": 0.5}}
    assert "joy.no_such_morph is no morph" in caplog.text
    with pytest.raises(BadRequest, match=r"mine: joy\.no_such_morph is no morph"):
        strict(sent, "mine")


def test_a_pose_may_hold_the_breath() -> None:
    assert strict_pose({"breathing_index": 0.5, "head_y": 1}, "pose") == {"breathing": 0.5, "head_y": 1.0}
    with pytest.raises(BadRequest, match="pose: tail is no morph"):
        strict_pose({"tail": 1}, "pose")


def test_what_is_written_names_every_morph_so_that_none_keeps_an_old_value() -> None:
    written = to_json({"joy": {"mouth_aaa": 0.5, "mouth_delta": 0.25}})
    assert len(written["joy"]) == 44
    assert {name for name, value in written["joy"].items() if value} == {"mouth_aaa_index", "mouth_delta"}
    assert strict(written, "test")["joy"]["mouth_aaa"] == 0.5
    assert set(strict(written, "test")["joy"]) == set(THA_RIG.morphs) - {"breathing"}
