"""Japanese as it sounds: kanji to kana, for an engine that reads only kana.

The words and their pronunciation (は the particle as ワ) come from MeCab's IPA dictionary, by fugashi.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from modules.tts_espeak.reading import Reading, joined

_RESPELT = {
    r"一人(?![称前])": "ひとり",
    r"二人(?!称)": "ふたり",
    r"(?<!を)行っ(?=[たてち])": "いっ",
    r"何(?=[でだのとな回人時年月日個度歳曜枚])": "なん",
    r"二十歳": "はたち",
    r"二十日": "はつか",
    r"(?<!後)後で": "あとで",
    r"(?<=[0-9])\.(?=[0-9])": "テン",
    r"[%％]": "パーセント",
}
"""Frequent words that the dictionary's cheapest path reads amiss."""

_NUMBER = r"[0-9０-９]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9０-９]+"
_AMISS = re.compile("|".join([f"({pattern})" for pattern in _RESPELT] + [_NUMBER]))
_DIGITS = "〇一二三四五六七八九"
_DIGIT_SOUNDS = ("ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー")
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "億", "兆")
_ATTACHED = ("助詞", "助動詞", "記号")
_ATTACHED_KINDS = ("非自立", "接尾")
_PRONUNCIATION = 8  # field of an IPA dictionary entry
_ALPHABET_MEETS_KANA = re.compile(r"(?<=[A-Za-zＡ-Ｚａ-ｚ])(?=[ァ-ヿぁ-ゟ])")


def kana_of(text: str) -> Reading:
    """Japanese `text` with kanji and numbers as kana, a space between phrases, and where each phrase was written."""
    phrases: list[tuple[str, str]] = []
    joins = False
    for written, token in _tokens(text):
        sound = _sound(token)
        if phrases and (joins or _attached(token)):
            before = phrases.pop()
            written, sound = before[0] + written, before[1] + sound
        phrases.append((written, sound))
        joins = token.feature[0] == "接頭詞" or token.feature[1] == "数"
    # in one word with Latin letters the engine would read kana by their names, in English
    return joined((written, _ALPHABET_MEETS_KANA.sub(" ", sound)) for written, sound in phrases)


def _tokens(text: str) -> Iterator[tuple[str, Any]]:
    """The dictionary's words of the respelt text, each with its stretch of `text`."""
    respelt, origins = _respelt(text)
    at = 0
    for token in _tagger()(respelt):
        start = respelt.index(token.surface, at)
        written = text[origins[at] : origins[start + len(token.surface)]]
        at = start + len(token.surface)
        yield written, token


def _respelt(text: str) -> tuple[str, list[int]]:
    """`text` without what is read amiss, and for each character boundary of it the boundary in `text`."""
    respelt, at = "", 0
    origins: list[int] = []
    for match in _AMISS.finditer(text):
        origins += range(at, match.start())
        spelling = _spelling(match)
        origins += [match.start()] + [match.end()] * (len(spelling) - 1)
        respelt += text[at : match.start()] + spelling
        at = match.end()
    return respelt + text[at:], [*origins, *range(at, len(text) + 1)]


def _spelling(match: re.Match[str]) -> str:
    if match.lastindex is None:
        return _numeral(str(match.group()).replace(",", ""))
    return list(_RESPELT.values())[match.lastindex - 1]


def _attached(token: Any) -> bool:
    """Whether a token is spoken in one breath with the one before it."""
    return token.feature[0] in _ATTACHED or token.feature[1] in _ATTACHED_KINDS


def _sound(token: Any) -> str:
    feature = token.feature
    if token.surface == "う" and feature[0] == "助動詞":
        return "ー"
    known = len(feature) > _PRONUNCIATION and feature[0] != "記号" and feature[_PRONUNCIATION] != "*"
    return str(feature[_PRONUNCIATION] if known else token.surface)


def _numeral(digits: str) -> str:
    """Decimal digits as a Japanese numeral: "2026" is 二千二十六; digit by digit from 10^16 or after a leading zero."""
    if int(digits[0]) == 0 or len(digits) > 4 * len(_GROUPS):
        return "".join(_DIGIT_SOUNDS[int(d)] for d in digits)
    groups = [digits[max(0, end - 4) : end] for end in range(len(digits), 0, -4)]
    parts = [_below_10000(group) + place for group, place in zip(groups, _GROUPS, strict=False) if int(group)]
    return "".join(reversed(parts))


def _below_10000(digits: str) -> str:
    places = zip(map(int, digits), reversed(_PLACES[: len(digits)]), strict=True)
    return "".join(("" if d == 1 and place else _DIGITS[d]) + place for d, place in places if d)


@cache
def _tagger() -> Any:
    import fugashi
    import ipadic

    return fugashi.GenericTagger(ipadic.MECAB_ARGS)
