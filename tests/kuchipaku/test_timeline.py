from __future__ import annotations

import json

import pytest

from kuchipaku.timeline import Cue, Timeline, cue_at, merge

MOUTH = (Cue(0.0, 0.2, "aa"), Cue(0.2, 0.5, "PP", 0.5))


@pytest.mark.parametrize(
    ("t", "name"), [(-0.1, None), (0.0, "aa"), (0.19, "aa"), (0.2, "PP"), (0.49, "PP"), (0.5, None)]
)
def test_a_cue_holds_from_its_start_to_just_before_its_end(t: float, name: str | None) -> None:
    found = cue_at(MOUTH, t)
    assert (found.name if found else None) == name


def test_json_goes_there_and_back() -> None:
    timeline = Timeline(0.5, {"mouth": MOUTH})
    assert Timeline.from_json(json.loads(json.dumps(timeline.to_json()))) == timeline


def test_json_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 2 is not 1"):
        Timeline.from_json({"version": 2, "duration": 1, "tracks": {}})


def test_shifting_moves_every_cue() -> None:
    shifted = Timeline(0.5, {"mouth": MOUTH}).shifted(1.0)
    assert shifted.duration == 1.5
    assert [cue.start for cue in shifted.track("mouth")] == [1.0, 1.2]


def test_merging_sorts_the_cues_of_a_track() -> None:
    merged = merge([Timeline(0.5, {"mouth": MOUTH}).shifted(1.0), Timeline(0.5, {"mouth": MOUTH, "word": ()})])
    assert merged.duration == 1.5
    assert [cue.start for cue in merged.track("mouth")] == [0.0, 0.2, 1.0, 1.2]
    assert merged.track("nothing") == ()
