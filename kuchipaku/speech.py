"""What a voice gives: audio with the phones and words in it, and how it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono audio, float32 (n,) in [-1, 1]."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One speech sound over start <= t < end, seconds from the start of its audio."""

    symbol: str
    """IPA without stress marks; an empty string is a pause."""
    start: float
    end: float
    stress: int = 0
    """0 none, 1 secondary, 2 primary."""


@dataclass(frozen=True, slots=True)
class Word:
    """One written word over start <= t < end, seconds from the start of its audio."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Speech:
    """Audio of a piece of a line, with what is known of the sounds in it."""

    samples: Samples
    """Mono, float32 (n,) in [-1, 1]."""
    rate: int
    """Samples a second."""
    phones: tuple[Phone, ...] = ()
    """In order of time; empty where the engine tells none and no aligner could."""
    words: tuple[Word, ...] = ()
    """In order of time; may be empty."""
    timing: str = "engine"
    """Who timed the phones: "engine", or the name of an aligner."""

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a line is to be spoken."""

    voice: str = ""
    """A name from the engine's own list; empty: the engine's default for the language."""
    language: str = ""
    """BCP 47, lower case ("en", "pt-br"); empty: by the voice, or by the script of the text."""
    speed: float = 1.0
    """Times the engine's usual rate, 0.25 to 4."""
    pitch: float = 1.0
    """Times the engine's usual pitch, 0.25 to 4."""
    emotion: str = "neutral"
    """One of the 28 labels; engines without styles ignore it."""


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """One voice an engine offers."""

    name: str
    """What `Delivery.voice` takes."""
    language: str
    """BCP 47, lower case."""
    label: str
    """What a person reads in a list."""
    gender: str = ""
    """"female", "male", or empty where unknown."""
    tags: tuple[str, ...] = field(default=())
    """Free words: "default", "fast", "child"."""


class Voice(Protocol):
    """A text-to-speech engine."""

    def voices(self) -> Sequence[VoiceInfo]:
        """What it offers now. May raise EngineUnavailable."""
        ...

    def check(self, delivery: Delivery) -> None:
        """Raises UnknownName, naming what there is, for a voice or language it does not have. Quick."""
        ...

    def speak(self, text: str, delivery: Delivery) -> Iterator[Speech]:
        """The audio of `text` in consecutive pieces, each as soon as it is ready.

        Raises what `check` raises, and EngineUnavailable when it cannot speak; at the latest with the first
        piece. It is called from several threads.
        """
        ...


class Aligner(Protocol):
    """Finds the phones in audio that came without them."""

    def align(self, samples: Samples, rate: int, text: str, language: str) -> tuple[Phone, ...]:
        """The phones of the audio in order of time; `text` is empty where unknown. May raise EngineUnavailable."""
        ...
