"""For plugin authors: small engines that need no model, fixtures, and a conformance check for each kind.

In a conftest.py: `pytest_plugins = ["kuchipaku.testing"]`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from kuchipaku.avatar import Avatar, Pixels
from kuchipaku.cancel import CancelToken
from kuchipaku.character import Character
from kuchipaku.emotion import LABELS, Feeling
from kuchipaku.encode import Encoder
from kuchipaku.errors import KuchipakuError, UnknownName
from kuchipaku.hookspecs import AvatarFactory, hookimpl
from kuchipaku.llm import LanguageModel, Message
from kuchipaku.plugins import Plugins
from kuchipaku.pose import THA_RIG, Layer, Pose, Rig
from kuchipaku.script import Line
from kuchipaku.services import Services, build_services
from kuchipaku.settings import Settings, laid_over
from kuchipaku.speech import Aligner, Delivery, Phone, Samples, Speech, Voice, VoiceInfo, Word
from kuchipaku.timeline import Cue, Timeline, cue_at

HUM_RATE = 16_000


class EchoModel:
    """A language model that repeats the last message, word by word."""

    description = "repeats what it is told"

    def reply(self, messages: Sequence[Message], cancel: CancelToken) -> Iterator[str]:
        """The last message's words, each with a blank after it."""
        for word in messages[-1].content.split():
            if cancel.cancelled:
                return
            yield f"{word} "


class HummingVoice:
    """A voice that hums: 0.1 s a letter, loud for a letter, silent for a blank, a phone for each."""

    def voices(self) -> Sequence[VoiceInfo]:
        """One voice, "hum"."""
        return (VoiceInfo("hum", "en", "A hum"),)

    def check(self, delivery: Delivery) -> None:
        """Raises UnknownName for any voice but "hum"."""
        if delivery.voice not in ("", "hum"):
            raise UnknownName(f"no voice is called {delivery.voice!r}", hint="known: hum")

    def speak(self, text: str, delivery: Delivery) -> Iterator[Speech]:
        """One piece."""
        self.check(delivery)
        step = 0.1 / delivery.speed
        letters = [letter if letter.isalpha() else "" for letter in text]
        loud = np.repeat([0.2 if letter else 0.0 for letter in letters], round(step * HUM_RATE))
        tone = np.sin(np.arange(len(loud)) * 2 * np.pi * 220 * delivery.pitch / HUM_RATE)
        phones = tuple(Phone(letter.lower(), n * step, (n + 1) * step) for n, letter in enumerate(letters))
        yield Speech((loud * tone).astype(np.float32), HUM_RATE, phones, (Word(text, 0.0, step * len(letters)),))


class EvenAligner:
    """An aligner that spreads the letters of the text evenly over the sound."""

    def align(self, samples: Samples, rate: int, text: str, language: str) -> tuple[Phone, ...]:
        """A phone for each letter."""
        letters = [letter.lower() for letter in text if letter.isalpha()]
        step = len(samples) / rate / max(1, len(letters))
        return tuple(Phone(letter, n * step, (n + 1) * step) for n, letter in enumerate(letters))


class ShoutReader:
    """An emotion reader that knows one thing: an exclamation mark is joy."""

    labels: Sequence[str] = LABELS

    def scores(self, text: str) -> dict[str, float]:
        """1 for what it sees, 0 for the rest."""
        seen = self.feel(text).emotion
        return {label: float(label == seen) for label in self.labels}

    def feel(self, text: str) -> Feeling:
        """Joy for a shout, neutral otherwise."""
        return Feeling("joy" if "!" in text else "neutral")


class BarsAvatar:
    """An avatar that paints its pose's numbers: a column for each morph, as high as it is strong."""

    rig: Rig = THA_RIG
    size = (90, 64)

    def paint(self, pose: Pose) -> Pixels:
        """Two pixels wide bars, white on transparent, from the bottom up."""
        pixels = np.zeros((64, 90, 4), np.uint8)
        for column, morph in enumerate(self.rig.morphs):
            height = round(abs(pose.get(morph, 0.0)) * 64)
            pixels[64 - height :, 2 * column : 2 * column + 2] = 255
        return pixels

    def close(self) -> None:
        """Nothing to let go of."""


class Fakes:
    """A plugin with all of them: "echo", "hum", "even", "shout", "bars", a raw picture format, and a mouth."""

    @hookimpl
    def register_llms(self, register: Callable[[str, Callable[[], LanguageModel]], None]) -> None:
        register("echo", EchoModel)

    @hookimpl
    def register_voices(self, register: Callable[[str, Callable[[], Voice]], None]) -> None:
        register("hum", HummingVoice)

    @hookimpl
    def register_emotion_readers(self, register: Callable[[str, Callable[[], ShoutReader]], None]) -> None:
        register("shout", ShoutReader)

    @hookimpl
    def register_aligners(self, register: Callable[[str, Callable[[], Aligner]], None]) -> None:
        register("even", EvenAligner)

    @hookimpl
    def register_avatars(self, register: Callable[[str, AvatarFactory], None]) -> None:
        register("bars", lambda character: BarsAvatar())

    @hookimpl
    def register_encoders(self, register: Callable[[str, Encoder], None]) -> None:
        register("raw", Encoder("application/octet-stream", alpha=True, encode=lambda pixels: pixels.tobytes()))

    @hookimpl
    def compose_cues(self, line: Line, speech: Speech) -> dict[str, list[Cue]]:
        """The mouth open on every letter, and the line's emotion."""
        mouth = [Cue(phone.start, phone.end, "aa") for phone in speech.phones if phone.symbol]
        return {"mouth": mouth, "emotion": [Cue(0.0, speech.duration, line.emotion, line.strength)]}

    @hookimpl
    def animate(self, timeline: Timeline) -> Layer:
        """The mouth as the cues say."""
        cues = timeline.track("mouth")
        return lambda t: {"=mouth_aaa": 1.0 if cue_at(cues, t) else 0.0}


FAKE_SETTINGS = {
    "speech": {"voice": "hum", "aligners": ["even"]},
    "reply": {"llms": ["echo"], "emotion_reader": "shout"},
}


def fake_services(folder: Path, *plugins: object, settings: dict[str, object] | None = None) -> Services:
    """A whole server's parts on fakes, plus your plugins, with one character "test" in `folder`."""
    loaded = Plugins()
    loaded.add("fakes", Fakes, "built-in")
    for plugin in plugins:
        name = getattr(plugin, "__name__", type(plugin).__name__).rpartition(".")[2].lower()
        loaded.add(name, lambda plugin=plugin: plugin)  # type: ignore[misc]
    (folder / "test").mkdir(parents=True, exist_ok=True)
    (folder / "test" / "character.toml").write_text('avatar = "bars"\n')
    tables = laid_over({**FAKE_SETTINGS, "folders": {"characters": str(folder)}}, settings or {})
    return build_services(loaded, Settings.model_validate(tables))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """A server's parts on fakes; shut down afterwards."""
    made = fake_services(tmp_path / "characters")
    yield made
    made.shutdown()


def check_language_model(model: LanguageModel) -> None:
    """Whether a language model keeps its promises. Raises AssertionError that says which one it breaks."""
    messages = [Message("system", "You are a test."), Message("user", "Say hello.")]
    pieces = list(model.reply(messages, CancelToken()))
    assert all(isinstance(piece, str) for piece in pieces), "reply() yields text"
    assert "".join(pieces).strip(), "a reply to a plain message is not empty"
    token = CancelToken()
    token.cancel()
    began = time.monotonic()
    late = len(list(model.reply(messages, token)))
    assert late <= len(pieces), "a cancelled reply says no more than a whole one"
    assert time.monotonic() - began < 5.0, "a cancelled reply ends soon"


def check_voice(voice: Voice, text: str = "Papa, come home.") -> None:
    """Whether a voice keeps its promises. Raises AssertionError that says which one it breaks."""
    names = [info.name for info in voice.voices()]
    assert names and len(names) == len(set(names)), "voices() offers at least one voice, each name once"
    voice.check(Delivery())
    with pytest.raises(UnknownName):
        voice.check(Delivery(voice="no such voice"))
    pieces = list(voice.speak(text, Delivery(voice=names[0])))
    assert pieces, "a sentence gives at least one piece of speech"
    for speech in pieces:
        _check_speech(speech)
    _check_speech_of_nothing(voice)


def _check_speech(speech: Speech) -> None:
    assert speech.samples.dtype == np.float32 and speech.samples.ndim == 1, "samples are float32, mono"
    assert speech.rate >= 8000, "at 8000 samples a second or more"
    assert np.isfinite(speech.samples).all() and np.abs(speech.samples).max() <= 1.0, "samples are in -1..1"
    assert np.abs(speech.samples).max() > 0.01, "a sentence can be heard"
    times = [time for phone in speech.phones for time in (phone.start, phone.end)]
    assert times == sorted(times), "phones come in order and do not overlap"
    assert not times or (times[0] >= 0.0 and times[-1] <= speech.duration + 0.01), "phones lie within the audio"


def _check_speech_of_nothing(voice: Voice) -> None:
    try:
        pieces = list(voice.speak(" ", Delivery()))
    except KuchipakuError:
        return
    assert sum(piece.duration for piece in pieces) < 2.0, "nothing to say is silence or a KuchipakuError"


def check_avatar(avatar: Avatar) -> None:
    """Whether a posed avatar keeps its promises. Raises AssertionError that says which one it breaks."""
    width, height = avatar.size
    rest = avatar.paint({}).copy()
    assert rest.dtype == np.uint8 and rest.shape == (height, width, 4), "paint() gives RGBA uint8 of its size"
    openings = {"mouth_aaa": 1.0} if "mouth_aaa" in avatar.rig.ranges else {avatar.rig.morphs[0]: 1.0}
    moved = avatar.paint(openings).copy()
    assert (moved != rest).any(), "a pose changes the picture"
    assert (avatar.paint({}) == rest).all(), "the same pose gives the same picture"
    assert (avatar.paint({"no such morph": 1.0}) == rest).all(), "unknown morphs are ignored"
    avatar.close()


def check_aligner(aligner: Aligner) -> None:
    """Whether an aligner keeps its promises. Raises AssertionError that says which one it breaks."""
    speech = next(HummingVoice().speak("papa come home", Delivery()))
    phones = aligner.align(speech.samples, speech.rate, "papa come home", "en")
    times = [time for phone in phones for time in (phone.start, phone.end)]
    assert phones, "sound gives phones"
    assert times == sorted(times), "phones come in order and do not overlap"
    assert times[0] >= 0.0 and times[-1] <= speech.duration + 0.05, "phones lie within the audio"


def fake_character(folder: Path) -> Character:
    """A character for a test of an avatar or a layer; `folder` need not exist."""
    return Character("test", folder, title="Test", avatar="bars")
