"""Which language a text is in, as far as its script tells."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache

_WRITTEN_IN = {
    "DEVANAGARI": ("hi", "mr", "ne", "kok", "sa"),
    "TAMIL": ("ta",),
    "TELUGU": ("te",),
    "KANNADA": ("kn",),
    "MALAYALAM": ("ml",),
    "BENGALI": ("bn", "as", "bpy"),
    "GURMUKHI": ("pa",),
    "GUJARATI": ("gu",),
    "ORIYA": ("or",),
    "SINHALA": ("si",),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "CJK": ("cmn", "zh", "ja", "yue", "hak"),
    "HANGUL": ("ko",),
    "CYRILLIC": ("ru", "uk", "be", "bg", "mk", "sr", "ba", "cv", "kk", "ky", "nog", "tt", "uz", "kaa"),
    "ARABIC": ("ar", "fa", "ur", "sd", "ug", "ku"),
    "GREEK": ("el", "grc"),
    "HEBREW": ("he",),
    "THAI": ("th",),
    "MYANMAR": ("my", "shn"),
    "ETHIOPIC": ("am", "ti"),
    "GEORGIAN": ("ka",),
    "ARMENIAN": ("hy", "hyw"),
    "CHEROKEE": ("chr",),
}
"""First word of a character's Unicode name -> the languages written so, the most spoken first."""


def language_of(text: str, default: str = "en-us") -> str:
    """The language (BCP 47, lower case) of the script that most letters of `text` are in.

    `default` is kept where it is written in that script, and for Latin letters, which every language borrows.
    A few kana make Han characters Japanese.
    """
    scripts = Counter(filter(None, map(_script, text)))
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:
        scripts["HIRAGANA"] += scripts.pop("CJK", 0)
    if not scripts:
        return default
    languages = _WRITTEN_IN.get(scripts.most_common(1)[0][0], ())
    return default if not languages or default.split("-")[0] in languages else languages[0]


def scripts_of(language: str) -> tuple[str, ...]:
    """The scripts, by the first word of their characters' Unicode names, that a language is written in beside Latin."""
    return tuple(script for script, languages in _WRITTEN_IN.items() if language in languages)


@cache
def _script(character: str) -> str:
    """First word of the Unicode name of a letter or vowel sign; empty for other characters."""
    if unicodedata.category(character)[0] not in "LM":
        return ""
    return unicodedata.name(character, "").split(" ")[0].split("-")[0]
