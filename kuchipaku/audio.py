"""Samples to files: WAV, MP3, Ogg, FLAC and raw PCM; and to another rate."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, replace

import numpy as np
import soundfile

from kuchipaku.errors import BadRequest
from kuchipaku.speech import Samples, Speech


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """A kind of audio file, by the names that libsndfile has for it."""

    mimetype: str
    container: str
    subtype: str
    rates: tuple[int, ...] = ()
    """Samples a second that it can hold, in ascending order; empty: any."""


_MPEG_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_OPUS_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)

FORMATS = {
    "mp3": AudioFormat("audio/mpeg", "MP3", "MPEG_LAYER_III", _MPEG_RATES),
    "wav": AudioFormat("audio/wav", "WAV", "PCM_16"),
    "flac": AudioFormat("audio/flac", "FLAC", "PCM_16"),
    "ogg": AudioFormat("audio/ogg", "OGG", "VORBIS"),
    "opus": AudioFormat("audio/ogg", "OGG", "OPUS", _OPUS_RATES),
    "pcm": AudioFormat("audio/pcm", "RAW", "PCM_16", (24_000,)),
}
"""What `encoded` writes, all mono; `pcm` is what OpenAI calls so: 16 bit, little-endian, 24 kHz, no header."""

UNKNOWN_LENGTH = 0xFFFFFFFF
"""What the header of a WAV says whose end is not known yet."""


def wav_of(speech: Speech) -> bytes:
    """The audio as a WAV file: 16-bit PCM, mono, at its own rate."""
    return encoded(speech, "wav")[0]


def encoded(speech: Speech, name: str) -> tuple[bytes, str]:
    """The audio as a file of a format of `FORMATS`, and its MIME type. Raises BadRequest for any other.

    Where the format cannot hold the rate, the audio is brought to the next higher one that it can.
    """
    kind = format_of(name)
    sound = resampled(speech, _rate_for(kind, speech.rate))
    file = io.BytesIO()
    with soundfile.SoundFile(
        file, "w", sound.rate, channels=1, format=kind.container, subtype=kind.subtype, endian="FILE"
    ) as sink:
        # In pieces of a second: the Ogg encoders of libsndfile overflow its stack when given minutes at once.
        for start in range(0, len(sound.samples), sound.rate):
            sink.write(sound.samples[start : start + sound.rate])
    return file.getvalue(), kind.mimetype


def format_of(name: str) -> AudioFormat:
    """The format of that name. Raises BadRequest, naming what there is."""
    if name not in FORMATS:
        raise BadRequest(f"audio cannot be written as {name!r}", hint=f"known: {', '.join(FORMATS)}")
    return FORMATS[name]


def resampled(speech: Speech, rate: int) -> Speech:
    """The same sound at `rate` samples a second, band-limited, by its spectrum; phones and words keep their times."""
    if rate == speech.rate or not len(speech.samples):
        return replace(speech, rate=rate)
    before = len(speech.samples)
    after = max(1, round(before * rate / speech.rate))
    spectrum = np.fft.rfft(speech.samples)
    kept = np.zeros(after // 2 + 1, spectrum.dtype)
    both = min(len(spectrum), len(kept))
    kept[:both] = spectrum[:both]
    samples = np.fft.irfft(kept, after) * (after / before)
    return replace(speech, samples=np.clip(samples, -1.0, 1.0).astype(np.float32), rate=rate)


def pcm16(samples: Samples) -> bytes:
    """Raw 16-bit little-endian samples."""
    return (np.clip(samples, -1.0, 1.0) * 32767).round().astype("<i2").tobytes()


def endless_wav_head(rate: int) -> bytes:
    """The head of a mono 16-bit WAV that is sent while it is made, as long as nobody knows."""
    layout = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    riff = b"RIFF" + struct.pack("<I", UNKNOWN_LENGTH) + b"WAVE"
    return riff + b"fmt " + struct.pack("<I", len(layout)) + layout + b"data" + struct.pack("<I", UNKNOWN_LENGTH)


def _rate_for(kind: AudioFormat, rate: int) -> int:
    if not kind.rates or rate in kind.rates:
        return rate
    return next((known for known in kind.rates if known > rate), kind.rates[-1])
