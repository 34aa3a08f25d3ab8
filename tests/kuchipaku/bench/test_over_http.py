"""Every measurement over HTTP, for a moment, on a server of fakes. No time is judged here."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from kuchipaku.bench import speaking, watching
from kuchipaku.bench.host import Host, cpu_percent, embedded, rss_mb
from kuchipaku.bench.viewer import Part

BARS = (slice(0, 64), slice(0, 90))


def part(media_time: float, arrived: float, size: int = 10) -> Part:
    return Part(media_time, "", bytes(size), arrived)


def test_the_first_audio_is_waited_for(host: Host) -> None:
    assert 0.0 < speaking.first_audio_figures(host, texts=2)["first_audio_ms"] < 30_000


def test_the_first_moving_mouth_is_seen_on_the_live_stream(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "REST", 0.4)
    assert 0.0 < speaking.first_mouth_figures(host, BARS, texts=1)["first_mouth_ms"] < 5000


def test_a_face_that_never_moves_has_no_first_move(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, "REST", 0.4)
    monkeypatch.setattr(speaking, "PATIENCE", 0.4)
    corner = (slice(0, 4), slice(0, 4))
    assert math.isnan(speaking.first_mouth(host, corner, "aaa"))


def test_a_crowd_is_counted_while_the_api_is_asked(host: Host) -> None:
    found = watching.viewers_figures(host, count=3, seconds=0.5)
    assert 1.0 < found["viewers"] < 60.0
    assert found["viewers_api_p95_ms"] > 0.0


def test_a_slow_viewer_is_compared_with_a_fast_one(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MEASURING", 0.4)
    monkeypatch.setattr(watching, "JUDGED", 0.4)
    assert math.isfinite(watching.slow_viewer_figures(host, seconds=0.1)["slow_viewer_age_ms"])


def test_age_is_how_much_later_than_a_fast_viewer_the_same_moment_is_seen() -> None:
    fast = [part(n, n + 100.25) for n in range(5)]
    slow = [part(1.0, 101.25), part(2.0, 102.75)]
    assert watching.ages(slow, fast, begin=0.0) == [0.0, 0.5]
    assert watching.ages(slow, fast, begin=102.0) == [0.5]


def test_the_needed_bandwidth_is_what_a_fast_viewer_gets() -> None:
    assert watching.needed_bandwidth([part(0, 0.0), part(0, 1.0, 30), part(0, 2.0, 50)]) == 40.0
    assert math.isnan(watching.needed_bandwidth([part(0, 0.0)]))


def test_memory_and_processor_time_of_the_server_are_read(host: Host) -> None:
    pytest.importorskip("psutil")
    speaking.speak_lines(host, 1)
    assert rss_mb(host) > 10.0
    assert 0.0 <= cpu_percent(host, 0.2) < 200.0


def test_the_server_under_test_is_not_told_the_users_own_settings() -> None:
    environ = {"GROQ_API_KEY": "secret", "KUCHIPAKU_STREAM__FPS": "5", "PATH": "/bin"}
    assert embedded(environ) == {"PATH": "/bin"}


def test_a_server_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kuchipaku.bench import host as module
    from kuchipaku.errors import EngineUnavailable

    (tmp_path / "server.py").write_text("raise SystemExit('no such voice')\n")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    with pytest.raises(EngineUnavailable, match="no such voice"), module.running_server():
        pass
