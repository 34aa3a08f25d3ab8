from __future__ import annotations

import json
import math

import pytest

from kuchipaku.bench.figures import FIGURES, Figure, NotMeasured, Report, median, percentile

KEYS = [figure.key for figure in FIGURES]


def missing() -> dict[str, float]:
    raise NotMeasured("Chromium is missing")


def test_a_target_is_reached_on_its_good_side_and_at_its_edge() -> None:
    fast, small = Figure("fps", "", least=60), Figure("ms", "", most=40)
    assert [fast.verdict(value) for value in (59.9, 60.0, 61.0)] == ["missed", "reached", "reached"]
    assert [small.verdict(value) for value in (39.0, 40.0, 40.1)] == ["reached", "reached", "missed"]
    assert (fast.target, small.target) == (">= 60", "<= 40")
    assert Figure("ms", "").verdict(3.0) == ""


def test_the_json_is_one_flat_object_with_a_reason_for_what_is_missing() -> None:
    report = Report()
    report.take(("puppet_fps",), lambda: {"puppet_fps": 71.23456})
    report.take(("viewers", "viewers_api_p95_ms"), missing)
    flat = json.loads(json.dumps(report.flat(["puppet_fps", "viewers"], {"python": "3.12.1"})))
    assert flat == {
        "puppet_fps": 71.235,
        "viewers": None,
        "viewers_reason": "NotMeasured: Chromium is missing",
        "python": "3.12.1",
    }


def test_a_figure_that_is_not_a_number_is_missing() -> None:
    report = Report()
    report.take(("first_mouth_ms",), lambda: {"first_mouth_ms": math.nan})
    assert report.values == {}
    assert report.reasons == {"first_mouth_ms": "nothing could be observed"}


def test_the_table_tells_value_target_verdict_and_reason() -> None:
    report = Report()
    report.take(("puppet_fps",), lambda: {"puppet_fps": 10.0})
    report.take(("av_offset_ms_p95",), missing)
    rows = report.table([f for f in FIGURES if f.key in ("puppet_fps", "av_offset_ms_p95")]).splitlines()
    assert rows[0].split()[:4] == ["puppet_fps", "10.0", ">=", "60"]
    assert "missed" in rows[0]
    assert "not measured" in rows[1] and "Chromium is missing" in rows[1]


def test_figures_of_the_issue_keep_their_names() -> None:
    asked = {"puppet_fps", "first_audio_ms", "first_mouth_ms", "av_offset_ms_p95", "viewers", "slow_viewer_age_ms"}
    assert asked | {"stop_silence_ms", "rss_mb", "idle_cpu_percent"} <= set(KEYS)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([3, 1, 2], 0.5, 2), ([1, 2, 3, 4], 0.5, 2), (range(1, 101), 0.95, 95), ([7], 0, 7)],
)
def test_percentiles(values: list[float], share: float, expected: float) -> None:
    assert percentile(list(values), share) == expected


def test_nothing_has_no_median() -> None:
    assert math.isnan(median([]))
