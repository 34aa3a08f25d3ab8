"""The server's microphone: where what is said begins and ends, and what is told when there is none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest

from kuchipaku import EngineUnavailable, Samples
from modules.stt.microphone import BLOCK, record, utterance
from modules.stt.settings import SttSettings

SETTINGS = SttSettings(pause=0.5, patience=1.0, longest=3.0)


def blocks(levels: str) -> Iterator[Samples]:
    """A tenth of a second for each letter: "." is silent, "x" loud; its number is hidden in its first sample."""
    for number, level in enumerate(levels):
        block = np.full(BLOCK, 0.1 if level == "x" else 0.001, np.float32)
        block[0] = number / 1000
        yield block


def numbers(samples: Samples) -> list[int]:
    return [round(1000 * float(first)) for first in samples[::BLOCK]]


@pytest.mark.parametrize(
    ("levels", "kept"),
    [
        ("....xxx.....xxx", [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        ("xx.x.....x", [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ("....xx", [2, 3, 4, 5]),
        ("." * 20 + "x", []),
        ("", []),
    ],
)
def test_what_is_said_is_kept_from_its_beginning_to_a_pause(levels: str, kept: list[int]) -> None:
    heard = utterance(blocks(levels), SETTINGS)
    assert heard.dtype == np.float32
    assert numbers(heard) == kept


def test_whoever_never_pauses_is_cut_off() -> None:
    assert numbers(utterance(blocks("x" * 100), SETTINGS)) == list(range(30))


class Fault(Exception):
    """PortAudio's."""


def fake_sounddevice(levels: str, names: list[object]) -> SimpleNamespace:
    """The package with one microphone called "desk" that hears `levels`."""

    class InputStream:
        def __init__(self, *, device: object, samplerate: int, channels: int, dtype: str, blocksize: int) -> None:
            names.append(device)
            if device not in (None, "desk"):
                raise ValueError(f"No input device matching {device!r}")
            assert (samplerate, channels, dtype, blocksize) == (16_000, 1, "float32", BLOCK)
            self._blocks = blocks(levels)

        def __enter__(self) -> None:
            names.append("on")

        def __exit__(self, *exception: object) -> None:
            names.append("off")

        def read(self, frames: int) -> tuple[Samples, bool]:
            assert frames == BLOCK
            try:
                return next(self._blocks)[:, None], False
            except StopIteration:
                raise Fault("unplugged") from None

    return SimpleNamespace(InputStream=InputStream, PortAudioError=Fault)


def test_the_named_microphone_is_listened_to_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[object] = []
    monkeypatch.setitem(sys.modules, "sounddevice", fake_sounddevice("..xx.....x", names))
    assert numbers(record(SETTINGS.model_copy(update={"microphone": "desk"}))) == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert names == ["desk", "on", "off"]


def test_a_microphone_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", fake_sounddevice("xx", []))
    with pytest.raises(EngineUnavailable, match="No input device matching 'attic'") as raised:
        record(SETTINGS.model_copy(update={"microphone": "attic"}))
    assert "python -m sounddevice" in raised.value.hint
    with pytest.raises(EngineUnavailable, match="unplugged"):
        record(SETTINGS)


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(EngineUnavailable, match="sounddevice is not installed") as raised:
        record(SETTINGS)
    assert "requirements-extras.txt" in raised.value.hint


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoLibrary:
        def find_spec(self, name: str, *rest: object) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoLibrary(), *sys.meta_path])
    with pytest.raises(EngineUnavailable, match="PortAudio") as raised:
        record(SETTINGS)
    assert raised.value.hint == "sudo apt-get install libportaudio2"
