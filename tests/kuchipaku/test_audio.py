"""Samples to files and to other rates."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile

from kuchipaku.audio import FORMATS, encoded, endless_wav_head, pcm16, resampled, wav_of
from kuchipaku.errors import BadRequest
from kuchipaku.speech import Phone, Speech

RATE = 22_050


def tone(seconds: float = 1.0, rate: int = RATE, hertz: float = 440.0) -> Speech:
    n = np.arange(round(seconds * rate))
    samples = 0.5 * np.sin(2 * np.pi * hertz * n / rate)
    return Speech(samples.astype(np.float32), rate, (Phone("a", 0.0, seconds),))


def loudness(samples: np.ndarray) -> float:
    inner = samples[len(samples) // 4 : -len(samples) // 4]
    return float(np.sqrt(np.mean(np.square(inner))))


def pitch(samples: np.ndarray, rate: int) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples)))) * rate / len(samples)


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "pcm"])
def test_a_file_of_each_format_holds_the_same_tone(name: str) -> None:
    file, mimetype = encoded(tone(), name)
    samples, rate = soundfile.read(io.BytesIO(file))
    assert mimetype.startswith("audio/")
    assert len(samples) / rate == pytest.approx(1.0, abs=0.01)
    assert pitch(samples, rate) == pytest.approx(440, abs=2)
    assert loudness(samples) == pytest.approx(0.5 / 2**0.5, rel=0.03)


def test_opus_is_written_at_the_next_rate_that_it_can_hold() -> None:
    assert soundfile.info(io.BytesIO(encoded(tone(), "opus")[0])).samplerate == 24_000
    assert soundfile.info(io.BytesIO(encoded(tone(rate=16_000), "opus")[0])).samplerate == 16_000


def test_pcm_is_bare_samples_at_24_khz() -> None:
    file, mimetype = encoded(tone(), "pcm")
    samples = np.frombuffer(file, "<i2") / 32767
    assert mimetype == "audio/pcm"
    assert len(samples) == 24_000
    assert pitch(samples, 24_000) == pytest.approx(440, abs=2)


def test_a_wav_keeps_every_sample() -> None:
    samples, rate = soundfile.read(io.BytesIO(wav_of(tone())), dtype="float32")
    assert rate == RATE
    assert np.abs(samples - tone().samples).max() < 1e-4


def test_minutes_of_ogg_are_written() -> None:
    file, _ = encoded(tone(90.0, rate=8_000), "ogg")
    assert soundfile.info(io.BytesIO(file)).duration == pytest.approx(90.0, abs=0.1)


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadRequest) as refused:
        encoded(tone(), "aac")
    assert "aac" in str(refused.value)
    assert "mp3, wav, flac, ogg, opus, pcm" in refused.value.hint


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_another_rate_keeps_tone_length_and_phones(rate: int) -> None:
    changed = resampled(tone(), rate)
    assert changed.rate == rate
    assert changed.samples.dtype == np.float32
    assert changed.duration == pytest.approx(1.0, abs=1e-4)
    assert pitch(changed.samples, rate) == pytest.approx(440, abs=1)
    assert loudness(changed.samples) == pytest.approx(0.5 / 2**0.5, rel=0.01)
    assert changed.phones == tone().phones


def test_a_tone_above_half_the_new_rate_is_gone() -> None:
    assert loudness(resampled(tone(hertz=6_000), 8_000).samples) < 0.01


def test_no_sound_stays_no_sound_at_another_rate() -> None:
    assert resampled(Speech(np.zeros(0, np.float32), RATE), 8_000).duration == 0.0


def test_the_head_of_an_endless_wav_is_read_by_a_wav_reader() -> None:
    stream = endless_wav_head(RATE) + pcm16(tone().samples)
    assert struct.unpack_from("<I", stream, 40) == (0xFFFFFFFF,)
    read, rate = soundfile.read(io.BytesIO(stream), dtype="float32")
    assert rate == RATE
    assert np.abs(read[:RATE] - tone().samples).max() < 1e-4


def test_what_is_too_loud_is_cut_off() -> None:
    assert np.frombuffer(pcm16(np.array([2.0, -2.0], np.float32)), "<i2").tolist() == [32767, -32767]
