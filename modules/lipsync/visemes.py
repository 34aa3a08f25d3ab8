"""Speech sounds -> visemes: any IPA symbol, by its place in the IPA chart.

The names are the 15 visemes of the Oculus lip-sync set. Vowels map by height, backness and rounding, consonants by
place of articulation; source of the features: the chart of the International Phonetic Association (2020 revision).
The table of names and the sizes are our own, chosen by eye.
"""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

log = logging.getLogger(__name__)

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou")
"""Names of the cues of the `mouth` track."""

VOWELS = frozenset({"aa", "E", "ih", "oh", "ou"})
"""The visemes of open, sounding mouths: the others are consonants and silence."""


@dataclass(frozen=True, slots=True)
class Part:
    """One viseme of a phone: which, how large (0 to 1), and its share of the phone's time (0 to 1)."""

    viseme: str
    size: float = 1.0
    share: float = 1.0


_VOWELS = (
    ("ih", 1.0, "i"), ("ih", 0.85, "ɪᵻ"), ("ih", 0.7, "ɨ"),
    ("E", 0.8, "e"), ("E", 0.95, "ɛ"), ("E", 0.55, "ɘɤ"),
    ("aa", 1.0, "aɑ"), ("aa", 0.9, "æ"), ("aa", 0.65, "ɐ"), ("aa", 0.7, "ʌ"), ("aa", 0.4, "əɜɚɝ"),
    ("oh", 0.85, "oø"), ("oh", 0.95, "ɔœ"), ("oh", 1.0, "ɒɶ"), ("oh", 0.55, "ɵɞ"),
    ("ou", 1.0, "u"), ("ou", 0.8, "yʊʉʏᵿ"), ("ou", 0.7, "ɯ"),
)  # fmt: skip
_CONSONANTS = (
    ("PP", "pbmʙɓʘᵐ"),
    ("FF", "fvɱⱱʋɸβ"),
    ("TH", "θðǀ"),
    ("DD", "tdʈɖɗᶑɾǃǂǁ"),
    ("nn", "nɳɲlɭʎʟɬɮɫɺꞎⁿ"),
    ("SS", "sz"),
    ("CH", "ʃʒɕʑʂʐɧ"),
    ("RR", "rɹɻɽ"),
    ("kk", "kgɡxɣŋcɟqɢɴχʁʀħʕhɦʔʡʢʜɰɠʄʛᵑ"),
)
_GLIDES = {"j": Part("ih", 0.6), "ç": Part("ih", 0.5), "ʝ": Part("ih", 0.6), "w": Part("ou", 0.85)}
_GLIDES |= {"ʍ": Part("ou", 0.85), "ɥ": Part("ou", 0.75)}
_SPELLINGS = {"ʦ": "ts", "ʣ": "dz", "ʧ": "tʃ", "ʤ": "dʒ", "ʨ": "tɕ", "ʥ": "dʑ", "ʩ": "fŋ", "ʪ": "ls", "ʫ": "lz"}
_SPELLINGS |= dict(zip("ABCDEFGHIJKLMNOQRSTUVXZ?@Φε", "ɑβçðɛɱɣħɪɲɬʎɯŋɔɒʁʃθʊʌχʒʔəɸɛ", strict=True))
"""Letters of espeak's own notation (near to X-SAMPA), which it gives where it has no IPA; two Greek look-alikes."""

_LETTERS = {letter: Part(viseme, size) for viseme, size, letters in _VOWELS for letter in letters}
_LETTERS |= {letter: Part(viseme) for viseme, letters in _CONSONANTS for letter in letters} | _GLIDES
_RHOTIC = frozenset("ɚɝ˞")
_ALONE = {"ʲ": "j", "ʰ": "h", "ʱ": "h"}
"""Marks that espeak also gives as phones of their own, with a sound and a length."""
_ROUNDING = frozenset("ʷᵝ")
_SILENT = frozenset("ːˑˈˌʰʱʲˠˤʼˀˡᵊᶿ˭ˢᶻ‿|‖.-'’˥˦˧˨˩ꜜꜛ↗↘¹²³⁴⁵0123456789_:;^\"*`~[]#+")
"""Length, stress, secondary articulation, tone, prosody, and the marks of espeak's own notation."""


class UnknownPhone(ValueError):
    """A symbol with a letter that is not in the IPA chart."""


@lru_cache(maxsize=4096)
def visemes_of(symbol: str) -> tuple[Part, ...]:
    """The visemes of one phone in order; shares add up to 1. Empty for a symbol of marks and tones alone.

    Raises UnknownPhone for a letter that is neither in the IPA chart nor a mark.
    """
    letters = [part for letter in _spelled(symbol) for part in _parts_of(letter, symbol)]
    return _timed(_without_affricates(letters))


@lru_cache(maxsize=4096)
def visemes_or_neutral(symbol: str) -> tuple[Part, ...]:
    """Like `visemes_of`, but a slightly open mouth (and a debug log) for what is unknown: for live use."""
    try:
        return visemes_of(symbol)
    except UnknownPhone as error:
        log.debug("%s", error)
        return (Part("aa", 0.35),)


def _spelled(symbol: str) -> str:
    symbol = _ALONE.get(symbol, symbol)
    plain = "".join(_SPELLINGS.get(letter, letter) for letter in unicodedata.normalize("NFC", symbol))
    # ç is a letter of its own; every other composed letter is a base with diacritics
    return "".join(c if c in _LETTERS else unicodedata.normalize("NFD", c) for c in plain)


def _parts_of(letter: str, symbol: str) -> tuple[Part, ...]:
    if letter in _ROUNDING:
        return (Part("ou", 0.6),)
    if letter in _RHOTIC:
        return (*((_LETTERS[letter],) if letter in _LETTERS else ()), Part("RR", 0.9))
    if letter in _LETTERS:
        return (_LETTERS[letter],)
    if letter in _SILENT or unicodedata.category(letter) in ("Mn", "Cf", "Zs"):
        return ()
    raise UnknownPhone(f"no viseme for {letter!r} (U+{ord(letter):04X}) in the phone {symbol!r}")


def _without_affricates(parts: list[Part]) -> list[Part]:
    """A stop melts into the sibilant after it; labial-velars (k͡p) show the lips; repeats are one."""
    kept: list[Part] = []
    for part in parts:
        last = kept[-1] if kept else None
        if last and _melts(last.viseme, part.viseme):
            kept[-1] = part
        elif last is None or last.viseme != part.viseme:
            kept.append(part)
        elif part.size > last.size:
            kept[-1] = part
    return kept


def _melts(first: str, second: str) -> bool:
    return (first == "DD" and second in ("SS", "CH")) or (first == "kk" and second == "PP")


def _timed(parts: list[Part]) -> tuple[Part, ...]:
    """Of two vowels the nucleus of the diphthong lasts longer: the first, unless it is but a glide to the second."""
    shares = [1.0 / len(parts)] * len(parts) if parts else []
    if len(parts) == 2 and all(part.viseme in VOWELS for part in parts):
        shares = [0.6, 0.4] if parts[0].size >= 0.7 * parts[1].size else [0.4, 0.6]
    return tuple(Part(part.viseme, part.size, share) for part, share in zip(parts, shares, strict=True))
