from __future__ import annotations

import threading

from kuchipaku.errors import EngineUnavailable
from kuchipaku.performance import Performance


def told(performance: Performance) -> list[str]:
    return [event.kind if event else "-" for event in performance.events(patience=0.01)]


def performance() -> Performance:
    made = Performance("p", "test", 3, conversation="c")
    made.tell("line", n=0, text="Hi.", emotion="joy", strength=1.0)
    made.tell("speech", n=0, piece=0, start=0.0, audio_url="api/audio/x.wav", duration=1.0)
    made.tell("timeline", n=0, piece=0, start=0.0, version=1, duration=1.0, tracks={})
    return made


def test_events_are_told_in_order_to_whoever_comes_later() -> None:
    made = performance()
    made.tell("done", reason="complete")
    assert told(made) == ["start", "line", "speech", "timeline", "done"]
    assert [event.kind for event in made.events(begin=3) if event] == ["timeline", "done"]


def test_after_done_nothing_is_told() -> None:
    made = performance()
    made.tell("done", reason="complete")
    made.tell("done", reason="stopped")
    assert told(made).count("done") == 1
    assert made.to_json()["state"] == "complete"


def test_a_follower_waits_for_news_and_is_told_when_there_are_none() -> None:
    made = performance()
    follower = made.events(begin=4, patience=0.01)
    assert next(follower) is None
    threading.Timer(0.05, made.tell, ("done",), {"reason": "stopped"}).start()
    kinds = [event.kind for event in follower if event]
    assert kinds == ["done"]


def test_all_that_is_known_reads_line_by_line() -> None:
    made = performance()
    made.fail(EngineUnavailable("cut off", hint="again"))
    known = made.to_json()
    assert known["state"] == "running"
    assert known["errors"] == [{"error": "cut off", "hint": "again", "status": 503}]
    (line,) = known["lines"]
    assert line["text"] == "Hi."
    assert line["pieces"][0]["timeline"]["version"] == 1


def test_who_comes_back_behind_the_end_is_sent_away() -> None:
    made = performance()
    made.tell("done", reason="complete")
    assert list(made.events(begin=5, patience=0.01)) == []
