from __future__ import annotations

import logging
from pathlib import Path

import pytest

from modules.lipsync.shapes import SHAPES
from modules.lipsync.visemes import VISEMES, UnknownPhone, visemes_of, visemes_or_neutral

PHONES = Path(__file__).with_name("espeak_phones.txt").read_text(encoding="utf-8").splitlines()

IPA_LETTERS = (
    "pbtdʈɖcɟkɡqɢʔmɱnɳɲŋɴʙrʀⱱɾɽɸβfvθðszʃʒʂʐçʝxɣχʁħʕhɦɬɮʋɹɻjɰlɭʎʟʘǀǃǂǁɓɗʄɠʛʍwɥʜʢʡɕʑɺɧiyɨʉɯuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒɚɝ"
)


def names(symbol: str) -> list[str]:
    return [part.viseme for part in visemes_of(symbol)]


@pytest.mark.parametrize("symbol", PHONES)
def test_every_phone_of_every_espeak_language_has_visemes(symbol: str) -> None:
    assert all(part.viseme in VISEMES for part in visemes_of(symbol))


def test_only_marks_and_tones_among_the_espeak_phones_show_nothing() -> None:
    unseen = {symbol for symbol in PHONES if not visemes_of(symbol)}
    assert all(not any(letter in IPA_LETTERS for letter in symbol) for symbol in unseen)
    assert len(unseen) < 20


@pytest.mark.parametrize("letter", IPA_LETTERS)
def test_every_letter_of_the_ipa_chart_shows_one_sound(letter: str) -> None:
    assert names(letter)


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("p", ["PP"]), ("m̩", ["PP"]), ("bʱ", ["PP"]), ("k͡p", ["PP"]), ("ɡ͡b", ["PP"]),
        ("f", ["FF"]), ("ʋ", ["FF"]), ("ɸ", ["FF"]), ("θ", ["TH"]), ("t̪", ["DD"]), ("ɾ", ["DD"]),
        ("ʈʰ", ["DD"]), ("n̩", ["nn"]), ("ɬ", ["nn"]), ("ɳ", ["nn"]), ("s", ["SS"]), ("t͡s", ["SS"]), ("ʦ", ["SS"]),
        ("tʃ", ["CH"]), ("dʒ", ["CH"]), ("ʈ͡ʂ", ["CH"]), ("tɕʰ", ["CH"]), ("ɹ", ["RR"]), ("r̝̊", ["RR"]),
        ("ɡ", ["kk"]), ("g", ["kk"]), ("χ", ["kk"]), ("ʔ", ["kk"]), ("w", ["ou"]), ("j", ["ih"]), ("ç", ["ih"]),
        ("ɑː", ["aa"]), ("æ", ["aa"]), ("ã", ["aa"]), ("ɛ", ["E"]), ("i", ["ih"]), ("ᵻ", ["ih"]), ("y", ["ou"]),
        ("ɔ", ["oh"]), ("ø", ["oh"]), ("u", ["ou"]), ("ɯᵝ", ["ou"]), ("kʷ", ["kk", "ou"]),
        ("aɪ", ["aa", "ih"]), ("oʊ", ["oh", "ou"]), ("eɪ", ["E", "ih"]), ("aʊ", ["aa", "ou"]), ("juː", ["ih", "ou"]),
        ("ɚ", ["aa", "RR"]), ("aɪə", ["aa", "ih", "aa"]), ("ma˥˩", ["PP", "aa"]), ("˥", []), ("5", []), ("ː", []),
        ("ʲ", ["ih"]), ("tʲ", ["DD"]), ("ʰ", ["kk"]), ("kʰ", ["kk"]),
    ],
)  # fmt: skip
def test_a_phone_shows_what_a_lip_reader_sees(symbol: str, expected: list[str]) -> None:
    assert names(symbol) == expected


@pytest.mark.parametrize("symbol", [symbol for symbol in PHONES if visemes_of(symbol)])
def test_the_parts_of_a_phone_share_its_time(symbol: str) -> None:
    assert sum(part.share for part in visemes_of(symbol)) == pytest.approx(1.0)


def test_the_nucleus_of_a_diphthong_lasts_longer() -> None:
    assert [part.share for part in visemes_of("aɪ")] == [0.6, 0.4]
    assert [part.share for part in visemes_of("ju")] == [0.4, 0.6]


def test_an_unknown_letter_is_refused_by_name() -> None:
    with pytest.raises(UnknownPhone, match=r"U\+4F60"):
        visemes_of("你")


def test_live_an_unknown_letter_opens_the_mouth_slightly_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "modules.lipsync.visemes"):
        (part,) = visemes_or_neutral("好")
    assert part.viseme == "aa"
    assert part.size < 0.5
    assert "U+597D" in caplog.text


def test_every_viseme_has_a_shape() -> None:
    assert tuple(SHAPES) == VISEMES
