from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuchipaku import Phone, Speech, Word
from modules.lipsync.compose import NOD_EVERY, SOFTEST, bridged, compose_tracks
from modules.lipsync.visemes import VISEMES

RATE = 16_000


def humming(seconds: float, level: float = 0.5) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 150 * t)).astype(np.float32)


def spoken(*sounds: tuple[str, float] | tuple[str, float, int], words: tuple[Word, ...] = ()) -> Speech:
    phones, start = [], 0.0
    for symbol, seconds, *stress in sounds:
        phones.append(Phone(symbol, start, start + seconds, *stress))
        start += seconds
    return Speech(humming(start), RATE, tuple(phones), words)


def names(speech: Speech) -> list[str]:
    return [cue.name for cue in compose_tracks(speech)["mouth"]]


def test_each_viseme_is_a_cue_over_its_share_of_the_phone() -> None:
    cues = compose_tracks(spoken(("b", 0.1), ("aɪ", 0.2)))["mouth"]
    assert [(c.name, round(c.start, 6), round(c.end, 6)) for c in cues] == [
        ("PP", 0.0, 0.1),
        ("aa", 0.1, 0.22),
        ("ih", 0.22, 0.3),
    ]


def test_a_pause_of_80_ms_is_silence_and_a_shorter_one_is_bridged() -> None:
    assert names(spoken(("a", 0.2), ("", 0.08), ("o", 0.2))) == ["aa", "sil", "oh"]
    cues = compose_tracks(spoken(("a", 0.2), ("", 0.06), ("o", 0.2)))["mouth"]
    assert [cue.name for cue in cues] == ["aa", "oh"]
    assert cues[0].end == cues[1].start == pytest.approx(0.23)


def test_gaps_between_phones_and_at_both_ends_are_pauses_too() -> None:
    speech = Speech(humming(2.0), RATE, (Phone("a", 0.3, 0.6), Phone("o", 0.9, 1.2)))
    assert names(speech) == ["sil", "aa", "sil", "oh", "sil"]


def test_pauses_next_to_each_other_are_one() -> None:
    assert names(spoken(("a", 0.2), ("", 0.05), ("", 0.05), ("o", 0.2))) == ["aa", "sil", "oh"]


def test_a_tone_or_length_mark_on_its_own_prolongs_the_sound_before_it() -> None:
    cues = compose_tracks(spoken(("a", 0.2), ("˥", 0.1), ("o", 0.2)))["mouth"]
    assert [(cue.name, round(cue.end, 6)) for cue in cues] == [("aa", 0.3), ("oh", 0.5)]


def test_loudness_scales_and_never_chooses() -> None:
    phones = (Phone("a", 0.0, 0.4), Phone("a", 0.4, 0.8), Phone("a", 0.8, 1.2))
    samples = np.concatenate([humming(0.4, 0.8), humming(0.4, 0.2), humming(0.4, 1e-4)])
    cues = compose_tracks(Speech(samples, RATE, phones))["mouth"]
    assert {cue.name for cue in cues} == {"aa"}
    loud, soft, faint = (cue.weight for cue in cues)
    assert 1.0 > loud > soft > faint >= SOFTEST * 0.9


def test_stressed_vowels_open_wider() -> None:
    plain, stressed = compose_tracks(spoken(("a", 0.2), ("a", 0.2, 2)))["mouth"]
    assert stressed.weight > plain.weight


def test_a_silent_recording_with_phones_still_moves_the_mouth() -> None:
    speech = Speech(np.zeros(RATE, np.float32), RATE, (Phone("a", 0.0, 1.0),))
    assert compose_tracks(speech)["mouth"][0].weight >= 0.5


def test_no_audio_at_all_gives_no_cues() -> None:
    assert compose_tracks(Speech(np.zeros(0, np.float32), RATE)) == {"mouth": [], "word": [], "gesture": []}


def test_words_are_cues_with_their_text() -> None:
    (cue,) = compose_tracks(spoken(("a", 0.3), words=(Word("Ah", 0.0, 0.3),)))["word"]
    assert (cue.start, cue.end, cue.name, cue.weight) == (0.0, 0.3, "Ah", 1.0)


def test_nods_fall_on_stressed_vowels_and_are_few() -> None:
    syllable: list[tuple[str, float, int]] = [("t", 0.05, 0), ("a", 0.15, 2), ("ə", 0.1, 0)]
    nods = compose_tracks(spoken(*(syllable * 20)))["gesture"]
    assert 3 <= len(nods) <= 6
    assert {cue.name for cue in nods} == {"nod"}
    assert all(b.start - a.start >= NOD_EVERY for a, b in pairwise(nods))


def test_of_two_close_stresses_the_louder_one_gets_the_nod() -> None:
    phones = (Phone("a", 0.0, 0.4, 2), Phone("o", 0.4, 0.8, 2))
    samples = np.concatenate([humming(0.4, 0.1), humming(0.4, 0.8)])
    (nod,) = compose_tracks(Speech(samples, RATE, phones))["gesture"]
    assert (nod.start, nod.end) == (0.4, 0.8)


def test_nothing_stressed_gives_no_nod() -> None:
    assert compose_tracks(spoken(("a", 0.3), ("p", 0.1, 2)))["gesture"] == []


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "p", "aɪ", "s", "˥", "你", "tʃ", "uː"]), st.floats(0.0, 0.3), st.integers(0, 2)),
        max_size=20,
    )
)
def test_any_phones_give_ordered_cues_without_overlap(sounds: list[tuple[str, float, int]]) -> None:
    speech = spoken(*sounds)
    cues = compose_tracks(speech)["mouth"]
    assert all(cue.name in VISEMES and 0.0 <= cue.weight <= 1.0 and cue.start <= cue.end for cue in cues)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(cues))
    assert all(cue.start >= -1e-9 and cue.end <= speech.duration + 1e-4 for cue in cues)


def test_overlapping_phones_are_put_in_line() -> None:
    told = bridged([Phone("a", 0.0, 0.5), Phone("p", 0.4, 0.45), Phone("o", 0.45, 0.9)], 0.9)
    assert [(p.symbol, p.start, p.end) for p in told] == [("a", 0.0, 0.5), ("p", 0.5, 0.5), ("o", 0.5, 0.9)]
