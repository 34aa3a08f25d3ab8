from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kuchipaku import CancelToken, Delivery, Message, Phone, Pixels, Pose, Samples, Speech, UnknownName, VoiceInfo
from kuchipaku.services import Services
from kuchipaku.testing import (
    HUM_RATE,
    BarsAvatar,
    EchoModel,
    EvenAligner,
    HummingVoice,
    check_aligner,
    check_avatar,
    check_language_model,
    check_voice,
    fake_character,
    fake_services,
)


@pytest.mark.parametrize(
    ("check", "build"),
    [
        (check_language_model, EchoModel),
        (check_voice, HummingVoice),
        (check_avatar, BarsAvatar),
        (check_aligner, EvenAligner),
    ],
)
def test_the_fakes_keep_the_promises_of_their_kind(
    check: Callable[[object], None], build: Callable[[], object]
) -> None:
    check(build())


class Mute(EchoModel):
    def reply(self, messages: Sequence[Message], cancel: CancelToken) -> Iterator[str]:
        yield " "


class Binary(EchoModel):
    def reply(self, messages: Sequence[Message], cancel: CancelToken) -> Iterator[str]:
        yield b"hello"  # type: ignore[misc]


class Defiant(EchoModel):
    def reply(self, messages: Sequence[Message], cancel: CancelToken) -> Iterator[str]:
        yield "hello"
        if cancel.cancelled:
            yield "and more"


@pytest.mark.parametrize(
    ("model", "promise"),
    [
        (Mute, "is not empty"),
        (Binary, "yields text"),
        (Defiant, "says no more"),
    ],
)
def test_a_language_model_that_breaks_a_promise_is_told_which(model: type[EchoModel], promise: str) -> None:
    with pytest.raises(AssertionError, match=promise):
        check_language_model(model())


def test_a_language_model_that_goes_on_after_a_stop_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(step=6.0)  # every look at it finds six seconds gone
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with pytest.raises(AssertionError, match="ends soon"):
        check_language_model(EchoModel())


class Nobody(HummingVoice):
    def voices(self) -> Sequence[VoiceInfo]:
        return ()


class Twins(HummingVoice):
    def voices(self) -> Sequence[VoiceInfo]:
        return (*super().voices(), *super().voices())


class Pleaser(HummingVoice):
    def check(self, delivery: Delivery) -> None: ...


class Picky(HummingVoice):
    def check(self, delivery: Delivery) -> None:
        super().check(replace(delivery, voice=delivery.voice or "none"))


class Silent(HummingVoice):
    def speak(self, text: str, delivery: Delivery) -> Iterator[Speech]:
        return iter(())


class Endless(HummingVoice):
    def speak(self, text: str, delivery: Delivery) -> Iterator[Speech]:
        yield from super().speak(text if text.strip() else "a" * 30, delivery)


class Changed(HummingVoice):
    """A hum of which a test spoils one thing."""

    def __init__(self, spoil: Callable[[Speech], Speech]) -> None:
        self._spoil = spoil

    def speak(self, text: str, delivery: Delivery) -> Iterator[Speech]:
        for speech in super().speak(text, delivery):
            yield self._spoil(speech)


def scaled(factor: float) -> Callable[[Speech], Speech]:
    return lambda speech: replace(speech, samples=speech.samples * np.float32(factor))


def with_phones(*phones: Phone) -> Callable[[Speech], Speech]:
    return lambda speech: replace(speech, phones=phones)


def holed(speech: Speech) -> Speech:
    samples = speech.samples.copy()
    samples[:1] = np.nan
    return replace(speech, samples=samples)


def in_stereo(speech: Speech) -> Speech:
    return replace(speech, samples=np.stack([speech.samples, speech.samples]))


def in_doubles(speech: Speech) -> Speech:
    return replace(speech, samples=speech.samples.astype(np.float64))


BROKEN_VOICES = {
    "nobody": (Nobody(), "at least one voice"),
    "twins": (Twins(), "each name once"),
    "picky": (Picky(), "no voice is called"),
    "pleaser": (Pleaser(), "DID NOT RAISE"),
    "silent": (Silent(), "at least one piece"),
    "endless": (Endless(), "nothing to say is silence"),
    "stereo": (Changed(in_stereo), "float32, mono"),
    "doubles": (Changed(in_doubles), "float32, mono"),
    "coarse": (Changed(lambda speech: replace(speech, rate=4000)), "8000 samples a second"),
    "loud": (Changed(scaled(10.0)), "-1..1"),
    "holed": (Changed(holed), "-1..1"),
    "inaudible": (Changed(scaled(0.001)), "can be heard"),
    "disordered": (Changed(with_phones(Phone("a", 0.2, 0.3), Phone("b", 0.0, 0.1))), "come in order"),
    "overlapping": (Changed(with_phones(Phone("a", 0.0, 0.3), Phone("b", 0.2, 0.4))), "do not overlap"),
    "late": (Changed(with_phones(Phone("a", 0.0, 99.0))), "lie within the audio"),
    "early": (Changed(with_phones(Phone("a", -1.0, 0.1))), "lie within the audio"),
}


@pytest.mark.parametrize("name", BROKEN_VOICES)
def test_a_voice_that_breaks_a_promise_is_told_which(name: str) -> None:
    voice, promise = BROKEN_VOICES[name]
    with pytest.raises((AssertionError, UnknownName, pytest.fail.Exception), match=promise):
        check_voice(voice)


class Stiff(BarsAvatar):
    def paint(self, pose: Pose) -> Pixels:
        return super().paint({})


class Flat(BarsAvatar):
    def paint(self, pose: Pose) -> Pixels:
        return super().paint(pose)[..., :3]


class Bright(BarsAvatar):
    def paint(self, pose: Pose) -> Pixels:
        return (super().paint(pose) / 255).astype(np.float32)


class Misjudged(BarsAvatar):
    size = (64, 90)


class Moody(BarsAvatar):
    """Paints on what it painted before."""

    def __init__(self) -> None:
        self._seen: Pixels = np.zeros((64, 90, 4), np.uint8)

    def paint(self, pose: Pose) -> Pixels:
        self._seen = np.maximum(self._seen, super().paint(pose))
        return self._seen


class Nosy(BarsAvatar):
    def paint(self, pose: Pose) -> Pixels:
        known = set(pose) <= set(self.rig.morphs)
        return super().paint(pose if known else {"mouth_aaa": 1.0})


@pytest.mark.parametrize(
    ("avatar", "promise"),
    [
        (Stiff, "a pose changes the picture"),
        (Flat, "RGBA uint8 of its size"),
        (Bright, "RGBA uint8 of its size"),
        (Misjudged, "RGBA uint8 of its size"),
        (Moody, "the same pose gives the same picture"),
        (Nosy, "unknown morphs are ignored"),
    ],
)
def test_an_avatar_that_breaks_a_promise_is_told_which(avatar: type[BarsAvatar], promise: str) -> None:
    with pytest.raises(AssertionError, match=promise):
        check_avatar(avatar())


class Fixed(EvenAligner):
    """Always the same phones."""

    def __init__(self, *phones: Phone) -> None:
        self._phones = phones

    def align(self, samples: Samples, rate: int, text: str, language: str) -> tuple[Phone, ...]:
        return self._phones


@pytest.mark.parametrize(
    ("aligner", "promise"),
    [
        (Fixed(), "sound gives phones"),
        (Fixed(Phone("a", 0.2, 0.3), Phone("b", 0.0, 0.1)), "come in order"),
        (Fixed(Phone("a", 0.0, 0.3), Phone("b", 0.2, 0.4)), "do not overlap"),
        (Fixed(Phone("a", 0.0, 99.0)), "lie within the audio"),
        (Fixed(Phone("a", -0.5, 0.1)), "lie within the audio"),
    ],
)
def test_an_aligner_that_breaks_a_promise_is_told_which(aligner: Fixed, promise: str) -> None:
    with pytest.raises(AssertionError, match=promise):
        check_aligner(aligner)


def test_the_fixture_is_a_whole_server_on_fakes(services: Services) -> None:
    assert services.characters.names() == ["test"]
    assert services.settings.speech.voice == "hum"
    assert (services.llms.names(), services.avatars.names()) == (["echo"], ["bars"])


def test_a_plugin_of_yours_joins_the_fakes(tmp_path: Path) -> None:
    class Mine:
        """Mine."""

    made = fake_services(tmp_path, Mine(), settings={"speech": {"voice": "hum", "aligners": []}})
    assert [(info.name, info.origin) for info in made.plugins.infos()] == [("fakes", "built-in"), ("mine", "folder")]
    assert made.settings.speech.aligners == ()


def test_the_hum_is_silent_where_there_is_no_letter() -> None:
    (speech,) = HummingVoice().speak("a b", Delivery())
    letter = round(0.1 * HUM_RATE)
    loudest = [float(np.abs(speech.samples[n * letter : (n + 1) * letter]).max()) for n in range(3)]
    assert loudest == pytest.approx([0.2, 0.0, 0.2], abs=0.01)
    assert [phone.symbol for phone in speech.phones] == ["a", "", "b"]


def test_a_character_for_a_test_needs_no_folder(tmp_path: Path) -> None:
    assert fake_character(tmp_path / "absent").avatar == "bars"
