"""Speech for clients that play it themselves, and lips that move with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import dropwhile, takewhile
from typing import Any

import numpy as np
import pytest
from flask import Flask

from kuchipaku import BadRequest, EngineUnavailable, TooLarge, UnknownName
from kuchipaku.audio import endless_wav_head
from kuchipaku.performer import Performer
from kuchipaku.pose import THA_RIG
from kuchipaku.script import Line
from kuchipaku.services import Services
from kuchipaku.speech import Delivery, Speech
from kuchipaku.stream import Shot
from kuchipaku.testing import HUM_RATE
from kuchipaku.web import saying as module
from kuchipaku.web.saying import Clips, Part, Saying, whole

MOUTH = THA_RIG.morphs.index("mouth_aaa")


@pytest.fixture
def saying(services: Services) -> Saying:
    return Saying(services)


@pytest.fixture
def performer(services: Services) -> Performer:
    return services.stage.performer("test")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Performances wait for more clips as long as a busy machine may take."""
    monkeypatch.setattr(module, "LINGER", 60.0)


def until(condition: Callable[[], Any], seconds: float = 5.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.005)
    return found


def pieces(performer: Performer, count: int) -> list[tuple[float, float]]:
    """Start and end of that many pieces, media seconds."""
    until(lambda: len(performer.score.pieces) == count)
    return [(round(p.start, 3), round(p.end, 3)) for p in performer.score.pieces]


def shots(performer: Performer) -> Iterator[Shot]:
    number = 0
    with performer.hub.watching():
        while True:
            shot = performer.hub.after(number, 2.0)
            assert shot is not None
            number = shot.number
            yield shot


def shots_of_sound(watched: Iterator[Shot]) -> Iterator[Shot]:
    return dropwhile(lambda shot: not shot.frame.performance, watched)


def wanted_open(t: float) -> bool | None:
    """Whether the mouth is to be open at media second `t` of "Haaaaa haaaaa"; None too near to a change."""
    if any(abs(t - border) < 0.05 for border in (0.0, 0.6, 0.7, 1.3)):
        return None
    return 0.0 < t < 0.6 or 0.7 < t < 1.3


def is_open(shot: Shot) -> bool:
    return bool(shot.frame.pixels[32:, 2 * MOUTH].any())


def test_the_lips_move_with_the_sound_while_it_lasts(saying: Saying, performer: Performer) -> None:
    performer.prepare()
    watched = shots(performer)
    assert not is_open(next(watched))
    saying.file([Part("Haaaaa haaaaa")], "wav")
    until(lambda: performer.score.pieces)
    assert performer.score.end == pytest.approx(1.3)
    spoken = list(takewhile(lambda shot: shot.frame.time < 1.6 and shot.frame.performance, shots_of_sound(watched)))
    seen = {(wanted_open(shot.frame.time), is_open(shot)) for shot in spoken}
    assert (True, True) in seen
    assert not seen & {(True, False), (False, True)}
    assert not is_open(next(shot for shot in watched if not shot.frame.performance))


def test_a_stop_silences_what_was_said(saying: Saying, performer: Performer, services: Services) -> None:
    saying.file([Part("A rather long text.")], "wav")
    until(lambda: performer.score.pieces)
    services.director.stop()
    assert performer.score.performance == ""
    assert performer.score.on_stage().track("mouth") == ()


@pytest.mark.usefixtures("patient")
def test_a_clip_that_comes_meanwhile_follows_as_clients_play_it(saying: Saying, performer: Performer) -> None:
    saying.file([Part("Abcde")], "wav")
    saying.file([Part("Fgh")], "mp3")
    assert pieces(performer, 2) == [(0.0, 0.5), (0.5, 0.8)]


def test_a_clip_after_a_stop_begins_at_once(saying: Saying, performer: Performer, services: Services) -> None:
    saying.file([Part("Abcdefghijklmnop")], "wav")
    first = until(lambda: performer.score.performance)
    services.director.stop()
    saying.file([Part("Abc")], "wav")
    until(lambda: performer.score.performance not in ("", first))
    assert pieces(performer, 1) == [(0.0, 0.3)]


def test_a_performance_is_done_when_no_more_comes(
    saying: Saying, performer: Performer, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LINGER", 0.05)
    saying.file([Part("Ab")], "wav")
    performance = services.director.performances.get(until(lambda: performer.score.performance))
    assert performance is not None
    until(lambda: performance.done)
    assert performance.to_json()["state"] == "complete"
    assert [line["text"] for line in performance.to_json()["lines"]] == ["Ab"]
    assert performance.duration == pytest.approx(0.2)


def test_without_perform_nothing_moves(services: Services, performer: Performer) -> None:
    Saying(services, perform=False).file([Part("Hello.")], "wav")
    time.sleep(0.05)
    assert performer.score.performance == ""


def test_the_emotion_of_a_line_is_performed(saying: Saying, performer: Performer) -> None:
    saying.file([Part("Hooray!")], "wav")
    until(lambda: performer.score.pieces)
    assert [cue.name for cue in performer.score.on_stage().track("emotion")] == ["joy"]


def test_asterisks_are_dropped_and_what_they_enclose_is_spoken(saying: Saying) -> None:
    marked, _ = saying.file([Part("Hello *there*.")], "wav")
    plain, _ = saying.file([Part("Hello there.")], "wav")
    assert marked == plain


@pytest.mark.usefixtures("patient")
def test_parts_are_spoken_one_after_the_other_each_in_its_way(saying: Saying, performer: Performer) -> None:
    saying.file([Part("Abcd"), Part("Efgh", Delivery("hum/hum", speed=2.0))], "wav")
    assert pieces(performer, 2) == [(0.0, 0.4), (0.4, 0.6)]


@pytest.mark.parametrize(
    ("parts", "audio_format", "character", "error"),
    [
        ([Part("** *")], "wav", "", BadRequest),
        ([], "wav", "", BadRequest),
        ([Part("Hello.")], "aac", "", BadRequest),
        ([Part("a" * 6000)], "wav", "", TooLarge),
        ([Part("Hello."), Part("Hello.", Delivery("nobody"))], "wav", "", UnknownName),
        ([Part("Hello.")], "wav", "nobody", UnknownName),
    ],
)
def test_what_cannot_be_said_is_refused_before_anything_moves(
    saying: Saying, performer: Performer, parts: list[Part], audio_format: str, character: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        saying.file(parts, audio_format, character)
    with pytest.raises(error):
        saying.stream(parts, audio_format, character)
    assert performer.score.performance == ""


def chunks(saying: Saying, audio_format: str) -> Iterator[bytes]:
    with Flask("test").test_request_context():
        response = saying.stream([Part("Abc. Defg. Hi.")], audio_format)
    assert response.mimetype == f"audio/{audio_format}"
    return iter(response.iter_encoded())


@pytest.mark.usefixtures("patient")
def test_a_stream_gives_each_sentence_as_it_is_spoken_and_the_lips_follow(saying: Saying, performer: Performer) -> None:
    sent = chunks(saying, "wav")
    assert next(sent) == endless_wav_head(HUM_RATE)
    assert performer.score.performance == ""
    sizes = [len(chunk) // 2 for chunk in sent]
    assert sizes == [6400, 8000, 4800]  # 4, 5 and 3 letters and signs, 0.1 s each
    assert pieces(performer, 3) == [(0.0, 0.4), (0.4, 0.9), (0.9, 1.2)]


def test_a_stream_of_pcm_has_no_head_and_24_khz(saying: Saying) -> None:
    assert [len(chunk) // 2 for chunk in chunks(saying, "pcm")] == [9600, 12000, 7200]


def test_a_stop_ends_a_stream(saying: Saying, services: Services) -> None:
    sent = chunks(saying, "pcm")
    next(sent)
    services.director.stop()
    assert list(sent) == []


@pytest.mark.usefixtures("patient")
def test_a_stream_too_many_is_told_what_else_to_ask_for(saying: Saying) -> None:
    streams = [saying.stream([Part("Abcde.")], "wav") for _ in range(module.STREAMS_AT_ONCE)]
    with pytest.raises(EngineUnavailable) as refused:
        saying.stream([Part("Abcde.")], "wav")
    assert "ask for a file" in refused.value.hint
    for stream in streams:
        stream.close()
    assert saying.stream([Part("Abcde.")], "wav").get_data()


def test_a_format_that_needs_its_end_is_not_streamed(saying: Saying) -> None:
    with pytest.raises(BadRequest, match="mp3"):
        saying.stream([Part("Hello.")], "mp3")


@pytest.mark.usefixtures("patient")
def test_clips_that_come_together_are_said_one_after_the_other(saying: Saying, performer: Performer) -> None:
    threads = [threading.Thread(target=saying.file, args=([Part("Ab" * n)], "wav")) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spans = pieces(performer, 8)
    assert sorted(round(end - start, 3) for start, end in spans) == [round(0.2 * n, 3) for n in range(1, 9)]
    assert [start for start, _ in spans[1:]] == [end for _, end in spans[:-1]]


def test_clips_end_for_those_who_come_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINGER", 0.0)
    clips = Clips()
    assert list(clips) == []
    assert not clips.add([])
    clips.stop()
    assert not clips.stopped


def test_what_would_be_said_much_later_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_AHEAD", 2.0)
    second = Speech(np.zeros(1000, np.float32), 1000)
    clips = Clips()
    assert all(clips.add([(Line(0, "Ab"), second)]) for _ in range(10))
    assert list(clips.sound) == [0, 1, 2]


def test_the_sound_of_a_clip_is_let_go_once_it_is_performed(
    saying: Saying, performer: Performer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Clips] = []
    monkeypatch.setattr(module, "Clips", lambda: made.append(Clips()) or made[-1])
    saying.file([Part("Abcde")], "wav")
    pieces(performer, 1)
    assert made[0].sound == {}


def test_pieces_of_several_rates_become_one_sound() -> None:
    low, high = Speech(np.zeros(800, np.float32), 8_000), Speech(np.zeros(4_800, np.float32), 48_000)
    assert whole([low, high]).rate == 8_000
    assert whole([low, high]).duration == pytest.approx(0.2)
