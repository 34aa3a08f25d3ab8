from __future__ import annotations

import pytest

from kuchipaku import LABELS
from kuchipaku.marks import _WORDS, emotion_of


@pytest.mark.parametrize("label", LABELS)
def test_every_label_names_itself(label: str) -> None:
    assert emotion_of(label) == label
    assert emotion_of(label.upper()) == label


@pytest.mark.parametrize(
    ("mark", "label"),
    [
        ("happy", "joy"),
        ("Angry!", "anger"),
        (" sad... ", "sadness"),
        ("*surprised*", "surprise"),
        ("very proud", "pride"),
        ("a little embarrassed", "embarrassment"),
        ("scared", "fear"),
        ("“thankful”", "gratitude"),
        ("matter-of-fact", "neutral"),
        ("in awe", "admiration"),
        ("feeling nervous", "nervousness"),
    ],
)
def test_a_word_for_a_feeling_is_understood(mark: str, label: str) -> None:
    assert emotion_of(mark) == label


@pytest.mark.parametrize(
    "mark", ["sighs", "smiles softly", "laughing", "so", "hope", "very", "", "*", "あ", "joy and fear"]
)
def test_an_action_or_another_word_is_no_emotion(mark: str) -> None:
    assert emotion_of(mark) is None


def test_no_word_names_two_emotions_and_every_emotion_has_words() -> None:
    words = [word for listed in _WORDS.values() for word in listed.split()]
    assert sorted(words) == sorted({*words} - {*LABELS})
    assert {*_WORDS} == {*LABELS}
