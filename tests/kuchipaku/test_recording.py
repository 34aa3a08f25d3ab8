"""Sound that clients bring: decoding it, and finding its sentences."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from kuchipaku.errors import BadRequest, TooLarge
from kuchipaku.recording import cut, decoded, lines_in
from kuchipaku.script import Line
from kuchipaku.speech import Speech

RATE = 16000


def tone(seconds: float) -> np.ndarray:
    return (0.5 * np.sin(np.arange(int(seconds * RATE)) * 0.2)).astype(np.float32)


def sentences(*lengths: float) -> Speech:
    """Tones so many seconds long, with a quarter of a second of silence behind each."""
    quiet = np.zeros(RATE // 4, np.float32)
    return Speech(np.concatenate([part for length in lengths for part in (tone(length), quiet)]), RATE)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_any_usual_file_becomes_mono_sound(kind: str) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.stack([tone(0.5), np.zeros(RATE // 2, np.float32)], axis=1), RATE, format=kind)
    speech = decoded(file.getvalue())
    assert speech.rate == RATE and speech.samples.ndim == 1
    assert speech.duration == pytest.approx(0.5, abs=0.1)
    assert np.abs(speech.samples).max() == pytest.approx(0.25, abs=0.05)


@pytest.mark.parametrize("file", [b"", b"RIFF", b"<html>no sound</html>"])
def test_what_is_no_sound_is_refused(file: bytes) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        decoded(file)


def test_a_file_without_samples_is_refused() -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(0, np.float32), RATE, format="WAV")
    with pytest.raises(BadRequest, match="empty"):
        decoded(file.getvalue())


def test_a_small_file_with_hours_of_sound_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuchipaku.recording.MOST", RATE)
    file = io.BytesIO()
    soundfile.write(file, np.zeros(2 * RATE, np.float32), RATE, format="FLAC")
    with pytest.raises(TooLarge, match="too long"):
        decoded(file.getvalue())


def test_a_few_samples_that_take_hours_are_refused() -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(3601, np.float32), 1, format="WAV")
    with pytest.raises(TooLarge, match="too long"):
        decoded(file.getvalue())


def test_a_recording_is_cut_in_the_pauses_between_its_sentences() -> None:
    speech = sentences(1.0, 2.0, 1.0)
    pieces = cut(speech, [10, 17, 9])
    assert sum(len(piece.samples) for piece in pieces) == len(speech.samples)
    ends = np.cumsum([piece.duration for piece in pieces])
    assert 1.0 <= ends[0] <= 1.25
    assert 3.25 <= ends[1] <= 3.5


def test_each_line_has_its_piece() -> None:
    lines, pieces = lines_in(sentences(1.0, 1.0), [Line(0, "Hello you."), Line(1, "Good bye.")])
    assert [line.text for line in lines] == ["Hello you.", "Good bye."]
    assert 1.0 <= pieces[0].duration <= 1.25


def test_a_recording_too_short_for_its_lines_is_one_line() -> None:
    lines, pieces = lines_in(Speech(tone(0.5), RATE), [Line(0, "One."), Line(1, "Two.")])
    assert [line.text for line in lines] == ["One. Two."]
    assert [piece.duration for piece in pieces] == [0.5]


def test_nobody_knows_the_text_of_a_recording_without_one() -> None:
    lines, pieces = lines_in(Speech(tone(0.5), RATE), [])
    assert lines == [Line(0, "")] and len(pieces) == 1
