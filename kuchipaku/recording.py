"""Sound that a client brings along: decoded, and cut where its sentences end."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import soundfile

from kuchipaku.errors import BadRequest, TooLarge
from kuchipaku.script import Line
from kuchipaku.speech import Samples, Speech

WINDOW = 0.03
"""Seconds over which loudness is taken when a pause is sought."""
MOST = 60_000_000
"""Samples of a recording, all channels together: 10 minutes at 48 kHz in stereo. A small file can hold any number."""
LONGEST = 3600.0
"""Seconds of a recording: at 1 sample a second, say, even a few samples are hours of work."""
SHORTEST = 0.3
"""Seconds that a line takes at least."""
REACH = 0.5
"""How far from its expected end a sentence's pause is sought, as a share of its shorter neighbour: never too far."""


def decoded(file: bytes) -> Speech:
    """The sound of a WAV, MP3, OGG or FLAC file, as mono.

    Raises BadRequest for anything else, and for no sound; TooLarge for more than `MOST` samples or
    `LONGEST` seconds, before it reads them.
    """
    try:
        with soundfile.SoundFile(io.BytesIO(file)) as source:
            if source.frames * source.channels > MOST:
                raise TooLarge("the recording is too long", hint=f"at most {MOST // 1_000_000} million samples")
            if source.frames > LONGEST * source.samplerate:
                raise TooLarge("the recording is too long", hint=f"at most {LONGEST / 60:g} minutes")
            samples, rate = source.read(dtype="float32", always_2d=True), source.samplerate
    except (soundfile.LibsndfileError, TypeError) as error:
        raise BadRequest("the audio cannot be read", hint="send WAV, MP3, OGG or FLAC") from error
    if not len(samples):
        raise BadRequest("the audio is empty", hint="send a file with sound in it")
    mono = np.nan_to_num(samples.mean(axis=1), nan=0.0, posinf=1.0, neginf=-1.0)
    return Speech(np.clip(mono, -1.0, 1.0).astype(np.float32), rate)


def lines_in(speech: Speech, lines: Sequence[Line]) -> tuple[list[Line], list[Speech]]:
    """The lines that a recording holds, and the piece of it that each is: all is one where it is too short for them."""
    if speech.duration < SHORTEST * len(lines):
        lines = [replace(lines[0], text=" ".join(line.text for line in lines))]
    known = list(lines) or [Line(0, "")]
    return known, cut(speech, [len(line.text) for line in known])


def cut(speech: Speech, shares: Sequence[float]) -> list[Speech]:
    """Consecutive pieces of a recording, about as long as `shares` say: cut at the quietest place near each border."""
    if len(shares) < 2:
        return [speech]
    loudness, step = _loudness(speech.samples, speech.rate)
    expected = np.cumsum([0.0, *shares]) / sum(shares) * len(speech.samples) / step
    borders = [0]
    for before, border, after in zip(expected, expected[1:], expected[2:], strict=False):
        reach = REACH * min(border - before, after - border)
        first = int(border - reach)
        borders.append((first + int(np.argmin(loudness[first : int(border + reach) + 1]))) * step + step // 2)
    borders.append(len(speech.samples))
    return [Speech(speech.samples[first:last], speech.rate) for first, last in pairwise(borders)]


def _loudness(samples: Samples, rate: int) -> tuple[Samples, int]:
    """Mean squares of windows side by side, and how many samples each is long; the last one is filled up."""
    step = max(1, int(WINDOW * rate))
    filled = np.pad(samples, (0, -len(samples) % step))
    return np.square(filled).reshape(-1, step).mean(axis=1), step
