from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from kuchipaku import CancelToken, Character, EngineUnavailable, LanguageModel, Line, Message, hookimpl
from kuchipaku.director import Order, ahead
from kuchipaku.performance import Event, Performance
from kuchipaku.services import Services
from kuchipaku.testing import fake_services


def all_events(performance: Performance) -> list[Event]:
    return [event for event in performance.events(patience=5.0) if event]


def kinds(performance: Performance) -> list[str]:
    return [event.kind for event in all_events(performance)]


def order(services: Services, **more: object) -> Order:
    return Order(services.characters.get("test"), **more)  # type: ignore[arg-type]


class Scripted:
    """A plugin with a language model that does what a test says."""

    def __init__(self, reply: Callable[[CancelToken], Iterator[str]]) -> None:
        self.asked: list[Sequence[Message]] = []
        outer = self

        class Model:
            def reply(self, messages: Sequence[Message], cancel: CancelToken) -> Iterator[str]:
                outer.asked.append(messages)
                return reply(cancel)

        self.model = Model

    @hookimpl
    def register_llms(self, register: Callable[[str, Callable[[], LanguageModel]], None]) -> None:
        register("scripted", self.model)


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[Callable[[Callable[[CancelToken], Iterator[str]]], tuple[Services, Scripted]]]:
    made: list[Services] = []

    def build(reply: Callable[[CancelToken], Iterator[str]]) -> tuple[Services, Scripted]:
        plugin = Scripted(reply)
        tables: dict[str, object] = {"reply": {"llms": ["scripted"], "emotion_reader": "shout"}}
        made.append(fake_services(tmp_path / "characters", plugin, settings=tables))
        return made[0], plugin

    yield build
    made[0].shutdown()


Build = Callable[[Callable[[CancelToken], Iterator[str]]], tuple[Services, Scripted]]


def test_a_reply_is_told_line_by_line_in_speaking_order(scripted: Build) -> None:
    services, _ = scripted(lambda cancel: iter(["*joy* One. ", "Two!"]))
    performance = services.director.chat("Go.", order(services))
    events = all_events(performance)
    assert [e.kind for e in events if e.kind not in ("speech", "timeline")] == ["start", "line", "line", "done"]
    lines = [e.body for e in events if e.kind == "line"]
    assert [(line["n"], line["text"], line["emotion"]) for line in lines] == [(0, "One.", "joy"), (1, "Two!", "joy")]
    starts = [e.body["start"] for e in events if e.kind == "speech"]
    assert starts == pytest.approx([0.0, 0.4])
    assert events[-1].body == {"reason": "complete", "duration": pytest.approx(0.8)}


def test_the_audio_of_a_line_can_be_fetched(scripted: Build) -> None:
    services, _ = scripted(lambda cancel: iter(["One."]))
    events = all_events(services.director.chat("Go.", order(services)))
    url = next(e.body["audio_url"] for e in events if e.kind == "speech")
    wav = services.director.audio.get(Path(url).stem)
    assert wav is not None
    assert wav.startswith(b"RIFF")


def test_a_conversation_is_remembered(scripted: Build) -> None:
    services, model = scripted(lambda cancel: iter(["Hello."]))
    first = services.director.chat("I am Ada.", order(services))
    all_events(first)
    all_events(services.director.chat("Who am I?", order(services, conversation=first.conversation)))
    said = [(m.role, m.content) for m in model.asked[1] if m.role != "system"]
    assert said == [("user", "I am Ada."), ("assistant", "Hello."), ("user", "Who am I?")]


def test_a_model_that_is_cut_off_leaves_what_it_said(scripted: Build) -> None:
    def cut(cancel: CancelToken) -> Iterator[str]:
        yield "One. Two. And th"
        raise EngineUnavailable("the reply was cut off", hint="ask again")

    services, _ = scripted(cut)
    performance = services.director.chat("Go.", order(services))
    events = all_events(performance)
    assert [e.body["text"] for e in events if e.kind == "line"][:1] == ["One."]
    error = next(e.body for e in events if e.kind == "error")
    assert (error["error"], error["hint"], error["status"]) == ("the reply was cut off", "ask again", 503)
    assert events[-1].body["reason"] == "failed"
    assert "One. Two." in services.director.conversations.history(performance.conversation)[-1].content


def test_an_exception_nobody_foresaw_is_an_internal_error(scripted: Build, caplog: pytest.LogCaptureFixture) -> None:
    services, _ = scripted(lambda cancel: iter([1]))  # type: ignore[list-item]
    events = all_events(services.director.chat("Go.", order(services)))
    assert [e.kind for e in events] == ["start", "error", "done"]
    assert events[1].body["error"] == "internal error"
    assert "failed" in caplog.text


def test_stop_ends_the_model_the_events_and_the_score(scripted: Build) -> None:
    closed = threading.Event()

    def endless(cancel: CancelToken) -> Iterator[str]:
        woken = threading.Event()
        cancel.on_cancel(woken.set)
        yield "One. And "
        woken.wait(10.0)
        closed.set()

    services, _ = scripted(endless)
    performance = services.director.chat("Go.", order(services))
    follower = performance.events(patience=5.0)
    while (event := next(follower)) is None or event.kind != "timeline":
        pass
    generation = services.director.stop("test")
    rest = [event for event in follower if event]
    assert rest[-1].body["reason"] == "stopped"
    assert closed.wait(2.0)
    score = services.stage.performer("test").score
    assert (score.performance, score.generation, score.pieces) == ("", generation, ())


def test_a_new_text_cancels_the_old_one(services: Services) -> None:
    slow = threading.Event()

    def lines() -> Iterator[Line]:
        yield Line(0, "One.")
        slow.wait(10.0)
        yield Line(1, "Never.")

    old = services.director.perform(lines(), order(services))
    new = services.director.perform(iter([Line(0, "New.")]), order(services))
    slow.set()
    assert kinds(new)[-1] == "done"
    assert all_events(old)[-1].body["reason"] == "stopped"
    assert "Never." not in [e.body.get("text") for e in all_events(old)]
    assert services.stage.performer("test").score.performance == new.name


def test_characters_perform_side_by_side(services: Services, tmp_path: Path) -> None:
    services.characters.add("other", "", b"")
    one = services.director.perform(iter([Line(0, "One.")]), order(services))
    two = services.director.perform(iter([Line(0, "Two.")]), Order(services.characters.get("other")))
    assert kinds(one)[-1] == kinds(two)[-1] == "done"
    services.director.stop("other")
    assert services.stage.performer("test").score.performance == one.name
    assert services.stage.performer("other").score.performance == ""


def test_a_stop_with_nobody_speaking_is_no_error(services: Services) -> None:
    assert services.director.stop() < services.director.stop("test")


def test_a_voice_that_fails_ends_the_performance_with_its_error(services: Services) -> None:
    services.voices.get("hum").speak = lambda text, delivery: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    assert kinds(services.director.perform(iter([Line(0, "One.")]), order(services))) == [
        "start",
        "line",
        "error",
        "done",
    ]


def test_no_more_is_prepared_than_may_be_ready(tmp_path: Path) -> None:
    services = fake_services(tmp_path, settings={"speech": {"voice": "hum", "seconds_ahead": 1.0, "lines_ahead": 1}})
    drawn: list[int] = []

    def lines() -> Iterator[Line]:
        for n in range(100):
            drawn.append(n)
            yield Line(n, "abcdefghij")

    performance = services.director.perform(lines(), order(services))
    time.sleep(0.3)
    services.shutdown()
    assert 2 <= len(drawn) <= 5
    assert all_events(performance)[-1].body["reason"] == "stopped"


def test_an_older_stop_that_comes_late_leaves_the_new_text_alone(services: Services) -> None:
    director, performer = services.director, services.stage.performer("test")
    hush = performer.hush
    begun: list[Performance] = []

    def late(generation: int) -> None:
        performer.hush = hush  # type: ignore[method-assign]
        begun.append(director.perform(iter([Line(0, "New.")]), order(services)))
        hush(generation)

    all_events(director.perform(iter([Line(0, "Old.")]), order(services)))
    performer.hush = late  # type: ignore[method-assign]
    director.stop("test")
    assert "speech" in kinds(begun[0])
    assert performer.score.performance == begun[0].name
    notice = next(services.stage.notices("test"))
    assert notice is not None
    assert notice.kind == "performance"


def test_a_deleted_character_leaves_nothing_behind(services: Services) -> None:
    services.characters.add("other", "", b"")
    performance = services.director.perform(iter([Line(0, "Two.")]), Order(services.characters.get("other")))
    news = services.stage.notices("other", patience=0.01)
    assert next(news) is not None
    services.characters.delete("other")
    services.director.forget("other")
    assert all_events(performance)[-1].kind == "done"
    assert [performer.name for performer in services.stage.performers()] == []
    assert list(news) == []


def test_a_stop_before_the_first_word_never_asks_the_model(scripted: Build) -> None:
    services, model = scripted(lambda cancel: iter(["One."]))
    start = services.director._start

    def stopped_first(job: Any, lines: Iterator[Line]) -> Performance:
        services.director.stop()
        return start(job, lines)

    services.director._start = stopped_first  # type: ignore[method-assign]
    assert kinds(services.director.chat("Go.", order(services))) == ["start", "done"]
    time.sleep(0.05)
    assert model.asked == []


def test_a_model_that_gives_nothing_to_speak_is_an_error(scripted: Build) -> None:
    services, _ = scripted(lambda cancel: iter(["*sighs* ", "..."]))
    events = all_events(services.director.chat("Go.", order(services)))
    assert [e.kind for e in events] == ["start", "error", "done"]
    assert "nothing to speak" in events[1].body["error"]


def test_a_stopped_performance_tells_how_long_it_was(services: Services) -> None:
    never = threading.Event()

    def lines() -> Iterator[Line]:
        yield Line(0, "abcd")
        never.wait(5.0)

    performance = services.director.perform(lines(), order(services))
    follower = performance.events()
    while (event := next(follower)) is None or event.kind != "timeline":
        pass
    services.director.stop()
    never.set()
    assert all_events(performance)[-1].body == {"reason": "stopped", "duration": 0.4}


class Adjuster:
    """Adds a line, and fails when it is told to."""

    @hookimpl
    def adjust_reply(self, lines: Iterator[Line], character: Character) -> Iterator[Line]:
        for line in lines:
            if line.text == "Break.":
                raise RuntimeError("adjusting failed")
            yield line
            yield Line(0, f"{character.title} said so.")


def test_plugins_may_adjust_a_reply_and_their_failure_loses_nothing(tmp_path: Path) -> None:
    services = fake_services(tmp_path, Adjuster())
    events = all_events(services.director.chat("One. Break. Two.", order(services)))
    services.shutdown()
    told = [(e.body["n"], e.body["text"]) for e in events if e.kind == "line"]
    assert told == [(0, "One."), (1, "Test said so."), (2, "Two.")]


def test_a_model_that_fails_is_not_blamed_on_a_plugin_that_adjusts(tmp_path: Path) -> None:
    def broken(cancel: CancelToken) -> Iterator[str]:
        yield "One. Two. "
        raise RuntimeError("out of tokens")

    tables: dict[str, object] = {"reply": {"llms": ["scripted"], "emotion_reader": "shout"}}
    services = fake_services(tmp_path, Scripted(broken), Adjuster(), settings=tables)
    events = all_events(services.director.chat("Go.", order(services)))
    services.shutdown()
    assert events[-1].body["reason"] == "failed"
    assert "internal error" in [e.body.get("error") for e in events]


class Vandal:
    """Writes what is no cue, and adjusts to what is no line."""

    @hookimpl
    def compose_cues(self) -> dict[str, list[tuple[float, float]]]:
        return {"mouth": [(0.0, 1.0)]}

    @hookimpl
    def adjust_reply(self, lines: Iterator[Line]) -> Iterator[str]:
        yield f"{next(lines).text}!"


def test_a_plugin_that_gives_the_wrong_values_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    services = fake_services(tmp_path, Vandal())
    events = all_events(services.director.chat("One. Two.", order(services)))
    services.shutdown()
    assert [e.body["text"] for e in events if e.kind == "line"] == ["Two."]
    assert [e.kind for e in events][-2:] == ["timeline", "done"]
    assert "wrote no cues" in caplog.text


def test_ahead_works_out_a_few_items_and_passes_errors_on() -> None:
    drawn: list[int] = []

    def items() -> Iterator[int]:
        for n in range(10):
            drawn.append(n)
            yield n
        raise ValueError("the end")

    token, got = CancelToken(), list[int]()
    stream = ahead(items(), 2, token)
    got.append(next(stream))
    time.sleep(0.1)
    assert len(drawn) <= 4
    with pytest.raises(ValueError, match="the end"):
        got.extend(stream)
    assert drawn == list(range(10))


def test_ahead_ends_at_once_when_cancelled_and_closes_its_source() -> None:
    closed, never = threading.Event(), threading.Event()

    def items() -> Iterator[int]:
        try:
            yield 0
            yield 1
            never.wait(0.2)
            yield 2
        finally:
            closed.set()

    token = CancelToken()
    stream = ahead(items(), 1, token)
    assert next(stream) == 0
    token.cancel()
    assert list(stream) == []
    assert closed.wait(2.0)
