"""Samples to WAV."""

from __future__ import annotations

import io

import soundfile

from kuchipaku.speech import Speech


def wav_of(speech: Speech) -> bytes:
    """The audio as a WAV file: 16-bit PCM, mono, at its own rate."""
    file = io.BytesIO()
    soundfile.write(file, speech.samples, speech.rate, format="WAV", subtype="PCM_16")
    return file.getvalue()
