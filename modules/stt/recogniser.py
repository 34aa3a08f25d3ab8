"""What every speech recogniser promises, and sound as they take it."""

from __future__ import annotations

import io
from typing import Protocol

import numpy as np
import soundfile

from kuchipaku import EngineUnavailable, Samples, TooLarge
from kuchipaku.recording import decoded

RATE = 16_000
"""Samples a second that recognisers hear."""
LONGEST = 3600
"""Seconds of a recording; a few kilobytes can claim to be days of silence."""
INSTALL = "python -m pip install -r requirements-extras.txt"


class Recogniser(Protocol):
    """Hears speech. Safe to use from several threads."""

    def transcript(self, samples: Samples, language: str) -> str:
        """What is said in mono sound at `RATE`, without blanks around it; empty where nobody speaks.

        `language` is a code such as "en"; empty: whatever it is. Raises BadRequest for one that is not known.
        """
        ...


def heard(file: bytes) -> Samples:
    """The sound of a file that soundfile reads: float32 (n,), mono, at `RATE`. Raises BadRequest, TooLarge."""
    _check_length(file)
    speech = decoded(file)
    if speech.rate == RATE:
        return speech.samples
    try:
        import soxr
    except ImportError as error:
        raise EngineUnavailable("soxr is not installed", hint=INSTALL) from error
    return np.asarray(soxr.resample(speech.samples, speech.rate, RATE), np.float32)


def _check_length(file: bytes) -> None:
    try:
        sound = soundfile.info(io.BytesIO(file))
    except (soundfile.LibsndfileError, TypeError):
        return  # what is wrong with it is told by `decoded`
    if sound.frames * sound.channels > LONGEST * sound.samplerate * 2:
        raise TooLarge(f"the recording has {sound.duration:.0f} seconds", hint=f"at most {LONGEST}, in two channels")
