from __future__ import annotations

from itertools import groupby, pairwise

import numpy as np
import pytest

from kuchipaku import Speech
from modules.lipsync.compose import compose_tracks
from modules.lipsync.layer import Mouth
from modules.lipsync.loudness import Envelope, LoudnessAligner, phones_by_loudness

RATE = 22_050


def syllables(count: int, seconds: float = 0.2) -> np.ndarray:
    t = np.arange(round(count * seconds * RATE)) / RATE
    swell = np.sin(np.pi * t / seconds) ** 2
    return (0.6 * swell * np.sin(2 * np.pi * 140 * t)).astype(np.float32)


def hiss(seconds: float) -> np.ndarray:
    noise = np.random.default_rng(1).standard_normal(round(seconds * RATE))
    return (0.2 * np.diff(noise, append=0.0)).astype(np.float32)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.float32)


def test_level_is_in_decibels_against_the_loud_parts() -> None:
    tone = np.tile(np.array([0.5, -0.5], np.float32), RATE // 2)
    envelope = Envelope(np.concatenate([tone, 0.1 * tone]), RATE)
    assert envelope.level(0.1, 0.9) == pytest.approx(0.0, abs=0.1)
    assert envelope.level(1.1, 1.9) == pytest.approx(-20.0, abs=0.1)


def test_silence_has_the_lowest_level() -> None:
    assert Envelope(silence(0.5), RATE).level(0.0, 0.5) == -60.0


def test_each_rise_of_loudness_opens_the_mouth_once() -> None:
    mouth = Mouth(compose_tracks(Speech(syllables(5, 0.25), RATE))["mouth"])
    opened = [mouth(i / 100).get("=mouth_aaa", 0.0) > 0.5 for i in range(150)]
    assert sum(now and not before for before, now in pairwise(opened)) == 5


def test_hisses_and_pauses_are_told_apart_from_voice() -> None:
    audio = np.concatenate([syllables(1), silence(0.3), hiss(0.3), silence(0.3), syllables(1)])
    phones = phones_by_loudness(audio, RATE)
    lasting = [phone.symbol for phone in phones if phone.end - phone.start > 0.045]
    kinds = ["voice" if symbol in ("a", "ɐ", "ə") else symbol for symbol in lasting]
    assert [kind for kind, _ in groupby(kinds)] == ["voice", "", "s", "", "voice"]


def test_the_aligner_covers_the_whole_of_the_audio() -> None:
    phones = LoudnessAligner().align(syllables(3), RATE, "", "en")
    assert phones[0].start == 0.0
    assert phones[-1].end == pytest.approx(0.6, abs=0.011)


def test_audio_without_phones_still_moves_the_mouth() -> None:
    cues = compose_tracks(Speech(np.concatenate([syllables(2), silence(0.3), syllables(2)]), RATE))["mouth"]
    shown = [cue.name for cue in cues]
    assert [name for name, _ in groupby(shown)] == ["aa", "sil", "aa"]
