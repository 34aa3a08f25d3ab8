"""The server's own microphone, until whoever speaks there has finished."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from kuchipaku import EngineUnavailable, Samples
from modules.stt.recogniser import INSTALL, RATE
from modules.stt.settings import SttSettings

BLOCK = RATE // 10
"""Samples that are read at once."""
BEFORE = 2
"""Blocks kept from before the first loud one: a consonant may be quieter than what follows it."""


def record(settings: SttSettings) -> Samples:
    """What is said at the microphone: float32 (n,), mono, at `RATE`; empty where nobody speaks.

    Raises EngineUnavailable where the package, its library, or a microphone is missing.
    """
    try:
        import sounddevice
    except ImportError as error:
        raise EngineUnavailable("sounddevice is not installed", hint=INSTALL) from error
    except OSError as error:
        raise EngineUnavailable(
            "PortAudio, which listens to microphones, is not installed", hint="sudo apt-get install libportaudio2"
        ) from error
    try:
        return utterance(_blocks(sounddevice, settings.microphone), settings)
    except (sounddevice.PortAudioError, ValueError) as error:
        raise EngineUnavailable(
            f"the server's microphone cannot be heard: {error}",
            hint="`python -m sounddevice` lists them; name one in plugins.stt.microphone",
        ) from error


def _blocks(sounddevice: object, microphone: str) -> Iterator[Samples]:
    stream = sounddevice.InputStream(  # type: ignore[attr-defined]
        samplerate=RATE, channels=1, dtype="float32", blocksize=BLOCK, device=microphone or None
    )
    with stream:
        while True:
            block, _ = stream.read(BLOCK)
            yield np.array(block[:, 0])


def utterance(blocks: Iterable[Samples], settings: SttSettings) -> Samples:
    """The part of a sound from where somebody begins to speak to where they have paused; empty where nobody does."""
    heard: list[Samples] = []
    first = last = -1
    for number, block in enumerate(blocks):
        heard.append(block)
        if np.sqrt(np.mean(np.square(block))) >= settings.loudness:
            first, last = (number if first < 0 else first), number
        seconds, quiet = (number + 1) * BLOCK / RATE, (number - last) * BLOCK / RATE
        if seconds >= settings.longest or quiet >= (settings.pause if first >= 0 else settings.patience):
            break
    spoken = heard[max(first - BEFORE, 0) :] if first >= 0 else []
    return np.concatenate(spoken) if spoken else np.zeros(0, np.float32)
