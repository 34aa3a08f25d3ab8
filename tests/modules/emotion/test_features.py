from __future__ import annotations

import subprocess
import sys

import pytest

from modules.emotion.features import BUCKETS, LONGEST, PIECE_WEIGHT, bucket, features, is_telling, tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I'm SO happy!!", ["i'm", "so", "happy", "!!"]),
        ("It’s fine...", ["it's", "fine", "..."]),
        ("noooo", ["noo"]),
        ("yay 😂👍🏽", ["yay", "😂", "👍"]),
        ("❤️", ["❤"]),
        ("good :) bad ;-(", ["good", ":)", "bad", ";-("]),
        ("3 cafés", ["3", "cafés"]),
        ("मैं खुश हूँ", []),
        ("とても嬉しい。", []),
        ("", []),
    ],
)
def test_a_text_falls_into_words_emoji_and_marks(text: str, found: list[str]) -> None:
    assert tokens(text) == found


def test_words_and_emoji_tell_something_and_marks_do_not() -> None:
    assert [token for token in ["happy", "don't", "😂", "!!", ":)", "42", "."] if is_telling(token)] == [
        "happy",
        "don't",
        "😂",
    ]


def test_the_buckets_are_the_same_in_another_python() -> None:
    code = "from modules.emotion.features import bucket; print(bucket('happy'))"
    environment = {"PYTHONHASHSEED": "123"}
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert int(other.stdout) == bucket("happy") < BUCKETS


def test_word_order_tells_sentences_apart() -> None:
    one, other = (set(features(tokens(text))[0].tolist()) for text in ("not so happy", "so not happy"))
    assert one != other


def values_of(text: str) -> dict[int, float]:
    buckets, values = features(tokens(text))
    return dict(zip(buckets.tolist(), values.tolist(), strict=True))


def test_pieces_weigh_less_than_words_and_repetition_weighs_little() -> None:
    once, thrice = (values_of(text) for text in ("ha", "ha ha ha"))
    assert once[bucket("ha")] == 1.0
    assert 2.0 < thrice[bucket("ha")] < 2.2
    assert once[bucket("#<ha")] == pytest.approx(PIECE_WEIGHT)


def test_no_more_than_the_beginning_of_a_long_text_is_read() -> None:
    assert len(tokens("a " * LONGEST)) == LONGEST // 2
