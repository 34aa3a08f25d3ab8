"""What each hook does for the plugin that uses it, on a server of fakes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Blueprint, Response, jsonify

from kuchipaku import (
    Character,
    Costume,
    Cue,
    Delivery,
    Encoder,
    Feeling,
    Layer,
    Line,
    Phone,
    Pose,
    Section,
    Settings,
    Speech,
    Timeline,
    hookimpl,
)
from kuchipaku.bench.figures import QUICK, Benchmark, Figure
from kuchipaku.bench.tasks import Bench, everything
from kuchipaku.pose import pose_at
from kuchipaku.services import Services
from kuchipaku.testing import (
    BarsAvatar,
    EchoModel,
    EvenAligner,
    HummingVoice,
    ShoutReader,
    fake_character,
    fake_services,
)
from kuchipaku.web import create_app
from kuchipaku.weights import Published, WeightFile

Register = Callable[[str, Callable[..., object]], None]


def events(services: Services, text: str, path: str = "/api/perform") -> list[dict[str, Any]]:
    told = create_app(services).test_client().post(path, json={"text": text}).get_data(as_text=True)
    return [json.loads(line) for line in re.findall(r"(?m)^data: (.*)$", told)]


def of_kind(kind: str, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in told if event["type"] == kind]


def test_register_llms_offers_a_model_that_answers(tmp_path: Path) -> None:
    class Shouter(EchoModel):
        def reply(self, messages: Any, cancel: Any) -> Iterator[str]:
            yield messages[-1].content.upper()

    class Shouting:
        @hookimpl
        def register_llms(self, register: Register) -> None:
            register("shouter", Shouter)

    settings: dict[str, object] = {"reply": {"llms": ["shouter"], "emotion_reader": "shout"}}
    client = create_app(fake_services(tmp_path, Shouting(), settings=settings)).test_client()
    reply = client.post("/api/llm/reply", json={"text": "hello."}).get_json()
    assert (reply["model"], reply["text"]) == ("shouter", "HELLO.")


def test_register_voices_offers_a_voice_that_a_request_can_name(tmp_path: Path) -> None:
    class Slow:
        @hookimpl
        def register_voices(self, register: Register, settings: Settings) -> None:
            register("second", HummingVoice)

    client = create_app(fake_services(tmp_path, Slow())).test_client()
    assert [voice["id"] for voice in client.get("/api/voices").get_json()["voices"]] == ["hum/hum", "second/hum"]
    assert client.post("/api/speech", json={"text": "ab", "voice": "second"}).get_json()["duration"] == 0.2


def test_register_emotion_readers_offers_who_reads_lines_without_a_mark(tmp_path: Path) -> None:
    class Gloom(ShoutReader):
        def feel(self, text: str) -> Feeling:
            return Feeling("sadness", 0.5)

    class Gloomy:
        @hookimpl
        def register_emotion_readers(self, register: Register) -> None:
            register("gloom", Gloom)

    settings: dict[str, object] = {"reply": {"llms": ["echo"], "emotion_reader": "gloom"}}
    lines = of_kind("line", events(fake_services(tmp_path, Gloomy(), settings=settings), "*joy* Hi! Hello."))
    assert [(line["emotion"], line["strength"]) for line in lines] == [("joy", 1.0), ("sadness", 0.5)]


def test_register_avatars_offers_a_kind_that_a_character_can_wear(tmp_path: Path) -> None:
    class Bars(BarsAvatar):
        def __init__(self, owner: str) -> None:
            self.owner = owner

    class Painting:
        @hookimpl
        def register_avatars(self, register: Register) -> None:
            register("named", lambda character: Bars(character.name))

    services = fake_services(tmp_path, Painting())
    built = services.avatars.get("named")(services.characters.get("test"))
    assert isinstance(built, Bars)
    assert built.owner == "test"


def test_register_aligners_offers_who_times_the_phones_of_a_voice_without(tmp_path: Path) -> None:
    class Wordless(HummingVoice):
        def speak(self, text: str, delivery: Any) -> Iterator[Speech]:
            yield from (replace(speech, phones=()) for speech in super().speak(text, delivery))

    class Knowing(EvenAligner):
        def align(self, samples: Any, rate: int, text: str, language: str) -> tuple[Phone, ...]:
            return (Phone("m", 0.0, 0.1),)

    class Timing:
        @hookimpl
        def register_voices(self, register: Register) -> None:
            register("wordless", Wordless)

        @hookimpl
        def register_aligners(self, register: Register) -> None:
            register("knowing", Knowing)

    settings: dict[str, object] = {"speech": {"voice": "wordless", "aligners": ["knowing", "even"]}}
    client = create_app(fake_services(tmp_path, Timing(), settings=settings)).test_client()
    heard = client.post("/api/speech", json={"text": "ab"}).get_json()
    assert (heard["timing"], [phone["symbol"] for phone in heard["phones"]]) == ("knowing", ["m"])


def test_register_encoders_offers_a_format_of_the_live_stream(tmp_path: Path) -> None:
    class Counting:
        @hookimpl
        def register_encoders(self, register: Callable[[str, Encoder], None]) -> None:
            register("size", Encoder("text/plain", alpha=True, encode=lambda pixels: str(pixels.shape).encode()))

    services = fake_services(tmp_path, Counting())
    response = create_app(services).test_client().get("/live/test.mjpg?format=size")
    part = next(iter(response.iter_encoded()))
    response.close()
    services.shutdown()
    assert b"Content-Type: text/plain\r\n" in part
    assert b"\r\n\r\n(64, 90, 4)" in part


class Exclaiming:
    """Writes a track of its own, and a cue too long for the sound."""

    @hookimpl
    def compose_cues(self, line: Line, speech: Speech) -> Mapping[str, Sequence[Cue]] | None:
        return {"exclaim": [Cue(0.0, 99.0, line.emotion)]} if "!" in line.text else None


def test_compose_cues_writes_tracks_into_the_score(tmp_path: Path) -> None:
    first, second = of_kind("timeline", events(fake_services(tmp_path, Exclaiming()), "Yes. No!"))
    assert "exclaim" not in first["tracks"]
    assert second["tracks"]["exclaim"] == [{"start": 0.0, "end": second["duration"], "name": "joy", "weight": 1.0}]
    assert {"mouth", "emotion"} < set(second["tracks"])


def test_animate_lays_a_layer_on_those_of_earlier_plugins(tmp_path: Path) -> None:
    class Whisper:
        @hookimpl
        def animate(self, timeline: Timeline) -> Layer:
            return lambda t: {"*mouth_aaa": 0.5, "head_x": timeline.duration}

    services = fake_services(tmp_path, Whisper())
    score = Timeline(0.25, {"mouth": (Cue(0.0, 0.25, "aa"),)})
    known = {"timeline": score, "character": services.characters.get("test"), "settings": services.settings}
    layers = [layer for _, layer in services.plugins.each_live("animate", **known)]
    assert pose_at(layers, 0.1) == {"mouth_aaa": 0.5, "head_x": 0.25}


def test_wrap_avatar_puts_another_one_in_front(tmp_path: Path) -> None:
    class Still:
        rig, size, note = BarsAvatar.rig, BarsAvatar.size, "stands still"

        def __init__(self, avatar: Any) -> None:
            self.paint = lambda pose: avatar.paint({})
            self.close = avatar.close

    class Sculptor:
        @hookimpl
        def wrap_avatar(self, avatar: Any, character: Character) -> Still | None:
            return Still(avatar) if character.name == "test" else None

    class Broken:
        @hookimpl
        def wrap_avatar(self, avatar: Any) -> None:
            raise ValueError("no")

    services = fake_services(tmp_path, Sculptor(), Broken())
    performer = services.stage.performer("test")
    performer.prepare()
    live = create_app(services).test_client().get("/api/characters/test").get_json()["live"]
    assert (live["ready"], live["note"], live["trouble"]) == (True, "stands still", "")
    services.shutdown()


def test_dress_is_asked_when_a_character_comes_on_stage(tmp_path: Path) -> None:
    class Wardrobe:
        @hookimpl
        def dress(self, character: Character, face: Callable[[str], Pose]) -> Costume | None:
            return Costume(fps=12.0 + face("mischief")["mouth_smirk"] + len(face("unheard of")))

        @hookimpl
        def face(self, emotion: str) -> Pose | None:
            return {"mouth_smirk": 0.5} if emotion == "mischief" else None

    services = fake_services(tmp_path, Wardrobe())
    assert services.stage.performer("test").fps == 12.5
    services.shutdown()


def test_face_is_the_pose_of_an_emotion_by_the_first_who_knows_it(tmp_path: Path) -> None:
    class First:
        @hookimpl
        def face(self, emotion: str, character: Character) -> Pose | None:
            return {"head_x": 1.0} if (emotion, character.name) == ("awe", "test") else None

    class Second:
        @hookimpl
        def face(self, emotion: str) -> Pose:
            return {"head_x": 0.25}

    stage, character = fake_services(tmp_path, First(), Second()).stage, fake_character(tmp_path / "test")
    assert stage.face("awe", character) == {"head_x": 1.0}
    assert stage.face("joy", character) == {"head_x": 0.25}


def test_adjust_reply_changes_the_lines_before_they_are_spoken(tmp_path: Path) -> None:
    class Polite:
        @hookimpl
        def adjust_reply(self, lines: Iterator[Line]) -> Iterator[Line]:
            yield Line(0, "Please!")
            yield from (replace(line, text=line.text.lower()) for line in lines if "skip" not in line.text)

    lines = of_kind("line", events(fake_services(tmp_path, Polite()), "One. Now skip this. Two.", "/api/chat"))
    assert [(line["n"], line["text"]) for line in lines] == [(0, "Please!"), (1, "one."), (2, "two.")]


def test_adjust_reply_that_breaks_midway_leaves_the_rest_as_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Fragile:
        @hookimpl
        def adjust_reply(self, lines: Iterator[Line]) -> Iterator[Line]:
            yield replace(next(lines), text="First.")
            raise RuntimeError("out of words")

    lines = of_kind("line", events(fake_services(tmp_path, Fragile()), "One. Two. Three.", "/api/chat"))
    assert [line["text"] for line in lines] == ["First.", "Two.", "Three."]
    assert "out of words" in caplog.text


def test_register_routes_serves_a_blueprint_under_its_name(tmp_path: Path) -> None:
    class Cast:
        @hookimpl
        def register_routes(self, services: Services) -> Blueprint:
            routes = Blueprint("cast", __name__)

            @routes.get("/names")
            def names() -> Response:
                """Everybody's name."""
                return jsonify(services.characters.names())

            return routes

    client = create_app(fake_services(tmp_path, Cast())).test_client()
    assert client.get("/api/cast/names").get_json() == ["test"]
    operation = client.get("/openapi.json").get_json()["paths"]["/api/cast/names"]["get"]
    assert operation["summary"] == "Everybody's name."


@pytest.mark.parametrize(("wanted", "on"), [([], []), (["caption", "other"], ["caption"])])
def test_extras_modules_are_listed_for_sillytavern(tmp_path: Path, wanted: list[str], on: list[str]) -> None:
    class Extras:
        @hookimpl
        def extras_modules(self) -> list[str]:
            return ["summarize", "caption"]

    services = fake_services(tmp_path, Extras(), settings={"modules": wanted})
    assert create_app(services).test_client().get("/api/modules").get_json() == {"modules": on}


def test_settings_model_gives_a_plugin_its_own_table(tmp_path: Path) -> None:
    class Volume(Section):
        """How loud."""

        gain: float = 1.0
        """Times as loud."""

    class Scaled(HummingVoice):
        def __init__(self, gain: float) -> None:
            self._gain = np.float32(gain)

        def speak(self, text: str, delivery: Any) -> Iterator[Speech]:
            yield from (replace(s, samples=s.samples * self._gain) for s in super().speak(text, delivery))

    class Loud:
        @hookimpl
        def settings_model(self) -> type[Section]:
            return Volume

        @hookimpl
        def register_voices(self, register: Register, settings: Settings) -> None:
            register("loud", lambda: Scaled(settings.plugin("loud").gain))

    services = fake_services(tmp_path, Loud(), settings={"plugins": {"loud": {"gain": 3.0}}})
    (speech,) = services.voices.get("loud").speak("a", Delivery())
    assert float(np.abs(speech.samples).max()) == pytest.approx(0.6, abs=0.01)


def test_shutdown_is_told_to_every_plugin_whatever_another_does(tmp_path: Path) -> None:
    ended: list[str] = []

    class Failing:
        @hookimpl
        def shutdown(self) -> None:
            ended.append("failing")
            raise OSError("stuck")

    class Orderly:
        @hookimpl
        def shutdown(self) -> None:
            ended.append("orderly")

    fake_services(tmp_path, Failing(), Orderly()).shutdown()
    assert ended == ["failing", "orderly"]


def test_published_weights_are_named_for_the_models_command(tmp_path: Path) -> None:
    parrot = Published(
        name="parrot",
        about="a voice that repeats",
        licence="CC0",
        licence_url="https://example.org/cc0",
        credit="nobody",
        homepage="https://example.org",
        folder="parrot",
        files=(WeightFile("parrot.pt", "https://example.org/parrot.pt"),),
    )

    class Aviary:
        @hookimpl
        def published_weights(self) -> Sequence[Published]:
            return (parrot,)

    services = fake_services(tmp_path, Aviary())
    assert [found for _, found in services.plugins.each("published_weights")] == [(parrot,)]


def test_register_benchmarks_adds_figures_to_the_bench(tmp_path: Path) -> None:
    class Ruler:
        @hookimpl
        def register_benchmarks(self, register: Callable[[Benchmark], None]) -> None:
            register(Benchmark((Figure("length_cm", "how long it is"),), lambda effort: {"length_cm": effort.windows}))

    services = fake_services(tmp_path, Ruler())
    bench = Bench(QUICK)
    bench.services = services  # in place of the one that it would build
    figures, tasks = everything(bench)
    assert figures[-1].key == "length_cm"
    assert tasks[0].keys == ("length_cm",)
    assert tasks[0].measure(bench) == {"length_cm": QUICK.windows}
