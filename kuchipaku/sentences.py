"""Where sentences and clauses end, in the scripts of the world."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from unicodedata import category

from kuchipaku.markup import Aside, Token

FIRST_CLAUSE = 25
"""Weight from which the first sentence may be cut after a clause, so that sound starts early."""
LONGEST = 220
"""Weight at which any sentence is cut. A character weighs 1, a CJK one 2.5: it is about as long to say."""
_CJK_WEIGHT = 2.5
_MOST_CHARACTERS = 4 * LONGEST
"""Signs and combining marks beyond this, which no writing needs, are left out of a sentence."""

_SOFT = ".!?…"
_HARD = "。！？｡।॥؟۔።፧။។։"
_CLAUSE = ",;:—–、，；：､،؛၊"
_CLOSERS = "\"'”’»)]}」』】）》〉｣›"
_OPENERS = "\"'“‘«([{「『【（《〈｢‹¿¡"
_QUOTATION_GOES_ON = "とっ"
"""Kana that tie a Japanese quotation to the words about it."""

_TITLE_WORDS = (
    "mr mrs ms mx dr prof st mt vs e.g i.e cf viz approx rev gen col capt lt sgt hon sra srta hr fr mme mlle "
    "bzw z.b d.h u.a ca nr p.ej डॉ प्रो श्री டாக்டர் திரு டா డా ಡಾ ഡോ"
)
_TITLES = frozenset(_TITLE_WORDS.split())
"""Abbreviations that a sentence never ends with."""
_SHORT_WORDS = "etc fig inc ltd co corp jr sr no al usw dept est jan feb mar apr jun jul aug sep sept oct nov dec"
_SHORT = frozenset(_SHORT_WORDS.split())
"""Abbreviations that a sentence may end with: the next letter tells."""
_ACRONYM = re.compile(r"(?:[A-Z]\.)+[A-Z]|Ph\.D")
_DOTTED = re.compile(r"(?:\w{1,3}\.)+\w{1,3}")
_LEADING = re.compile(r"(?:[,;:、，；：\s]|[-–—]\s)+")
_EMPTY_BRACKETS = re.compile(r"(?<!\s)\s*+(?:\(\s*\)|\[\s*\])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a clause of one; the text is empty where nothing of it can be spoken."""

    text: str
    ends_sentence: bool = True


class Sign(Enum):
    """What happens between pieces."""

    START = "a sentence begins"
    BREAK = "a line of the text ends"


class Verdict(Enum):
    """What an end mark and the space after it mean."""

    ENDS = "the sentence ends"
    GOES_ON = "it does not"
    DEPENDS = "on the next letter"


def sentences(tokens: Iterable[Token]) -> Iterator[Piece | Aside | Sign]:
    """The pieces of a text in order, each as soon as it is known, with the asides where they stand."""
    cutter = _Cutter()
    for token in tokens:
        yield from cutter.feed(token)
    yield from cutter.feed("\n")


class _Cutter:
    """Holds the sentence being read."""

    def __init__(self) -> None:
        self._text = ""
        self._weight = 0.0
        self._spaced = False
        self._gap = False  # an aside stood behind the text
        self._stop = ""  # what the text ends with: "soft", "hard" or "clause" marks, or a "word" like "Dr."
        self._starts_line = True
        self._first = True

    def feed(self, token: Token) -> Iterator[Piece | Aside | Sign]:
        """What becomes known with the next token."""
        if isinstance(token, Aside):
            yield from self._space(decide=token.feeling is not None)
            self._gap = True
            yield token
        elif token == "\n":
            yield from self._end_sentence()
            self._starts_line = True
            yield Sign.BREAK
        elif token.isspace():
            yield from self._space(decide=False)
            self._spaced = True
        else:
            yield from self._letter(token)

    def _space(self, decide: bool) -> Iterator[Piece]:
        """A space or an aside: most ends are known here. An aside with a feeling decides the open ones."""
        if self._stop not in ("soft", "hard", "word"):
            return
        verdict = verdict_at_space(self._text, self._starts_line, decide)
        if verdict is Verdict.ENDS:
            yield from self._end_sentence()
        elif verdict is Verdict.GOES_ON:
            self._stop = "word"

    def _letter(self, letter: str) -> Iterator[Piece | Sign]:
        if self._ends_before(letter):
            yield from self._end_sentence()
        elif letter.isalnum() or letter in _OPENERS:
            yield from self._clauses(letter)
        if not self._text:
            yield Sign.START
        self._append(letter)

    def _ends_before(self, letter: str) -> bool:
        if self._stop == "soft" and (self._spaced or self._gap):
            return not (letter.islower() or letter.isdigit() or letter in ",;:)»-–—")
        if self._stop == "soft":
            return ends_without_space(self._text, letter)
        if self._stop == "hard":
            quotation = self._text[-1] in "」』" and letter in _QUOTATION_GOES_ON
            return not (letter in _SOFT or letter in _HARD or self._attaches(letter) or quotation)
        return False

    def _attaches(self, letter: str) -> bool:
        if letter == "“":
            return "„" in self._text
        if letter == '"' and self._stop == "hard":
            return self._text.count('"') % 2 == 1
        return letter in _CLOSERS

    def _append(self, letter: str) -> None:
        if len(self._text) >= _MOST_CHARACTERS and not letter.isalnum():
            return
        self._text += self._join(letter) + letter
        self._weight += _weight(letter)
        self._spaced = self._gap = False
        if letter in _HARD or (letter == "…" and is_cjk(self._text[:-2][-1:]) and self._text.endswith("……")):
            self._stop = "hard"
        elif letter in _SOFT:
            self._stop = self._stop if self._stop == "hard" else "soft"
        elif letter in _CLAUSE:
            self._stop = "clause"
        elif not (self._stop and self._attaches(letter)):
            self._stop = ""

    def _join(self, letter: str) -> str:
        """What stands between the text and the next letter where something was left out, or a space was."""
        if not self._text or not (self._spaced or self._gap):
            return ""
        if self._gap and (letter in _SOFT or letter in _CLAUSE or letter in _HARD or letter in ")]}”’»"):
            return ""
        if not self._spaced and (is_cjk(self._text[-1]) or is_cjk(letter)):
            return ""
        return " "

    def _clauses(self, letter: str) -> Iterator[Piece]:
        """Cuts before `letter`: the first clause of the reply, and what grew too long."""
        if self._first and self._stop == "clause" and self._weight >= FIRST_CLAUSE and self._parted(letter):
            yield from self._cut(len(self._text))
        elif self._weight >= LONGEST:
            yield from self._cut(best_cut(self._text))

    def _parted(self, letter: str) -> bool:
        mark = self._text.rstrip(_CLOSERS)[-1:]
        if mark in "，：" and letter.isdigit():
            return False
        return self._spaced or self._gap or mark in "—、，；：､"

    def _cut(self, place: int) -> Iterator[Piece]:
        clause, self._text = tidy(self._text[:place]), self._text[place:].lstrip()
        self._weight = sum(map(_weight, self._text))
        if not self._text:
            self._spaced, self._stop = False, ""
        if clause:
            self._first = False
            yield Piece(clause, ends_sentence=False)

    def _end_sentence(self) -> Iterator[Piece]:
        if self._text:
            text = tidy(self._text)
            self._first = self._first and not text
            yield Piece(text)
        self._text, self._stop, self._weight = "", "", 0.0
        self._spaced = self._gap = self._starts_line = False


def verdict_at_space(text: str, starts_line: bool, marked: bool) -> Verdict:
    """Whether `text`, which has an end mark and is followed by a space, or by a mark, ends a sentence."""
    core = text.rstrip(_CLOSERS + " ")
    if core.endswith(".") and _never_ends(core[:-1], starts_line):
        return Verdict.GOES_ON
    if marked:
        return Verdict.ENDS
    if core.endswith(".") and _is_initials(core[:-1]):
        return Verdict.GOES_ON
    in_quotation = (core != text and core[-1:] in _SOFT) or text.count("«") > text.count("»")
    unsure = in_quotation or core.endswith(("..", "…")) or (core.endswith(".") and _is_short(core[:-1]))
    return Verdict.DEPENDS if unsure else Verdict.ENDS


def _last_word(text: str) -> str:
    return text[text.rfind(" ") + 1 :].lstrip(_OPENERS)


def _never_ends(text: str, starts_line: bool) -> bool:
    word = _last_word(text)
    return word.lower() in _TITLES or (starts_line and text.isdecimal())


def _is_initials(text: str) -> bool:
    word, before = _last_word(text), text.split()[:-1]
    initial = len(word) == 1 and word.isupper() and word != "I" and (not before or before[-1][0].isupper())
    return initial or _ACRONYM.fullmatch(word) is not None


def _is_short(text: str) -> bool:
    word = _last_word(text)
    return word.lower() in _SHORT or (_DOTTED.fullmatch(word) is not None and not word.replace(".", "").isdecimal())


def ends_without_space(text: str, letter: str) -> bool:
    """Whether a sentence ends between a Latin end mark and the letter right after it ("Hello!How", "好.我")."""
    if not letter.isalpha() or text.endswith(("..", "…")):
        return False
    if is_cjk(letter):
        return not text[:-1][-1:].isdigit()
    return not text.endswith(".") and not letter.islower() and text[-1:] in _SOFT


def best_cut(text: str) -> int:
    """Where to cut a text that is too long: after its last clause, else at its last space, else at its end."""
    third = len(text) // 3
    places = range(len(text) - 1, third, -1)
    for place in places:
        mark = text[place - 1]
        if mark in "、，；：､" or (mark in _CLAUSE and text[place] == " "):
            return place
    for place in places:
        if text[place] == " ":
            return place
    return len(text)


def tidy(text: str) -> str:
    """The text without the brackets and leading signs of what was left out; empty where nothing can be spoken."""
    text = _EMPTY_BRACKETS.sub("", text).strip()
    if leading := _LEADING.match(text):
        text = text[leading.end() :]
    return text if any(map(str.isalnum, text)) else ""


def is_cjk(letter: str) -> bool:
    """Whether a character is Chinese, Japanese or Korean, its punctuation included; False for none."""
    return "\u3000" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" or "\uff00" <= letter <= "\uffef"


def _weight(letter: str) -> float:
    if category(letter)[0] == "M":
        return 0.0
    return _CJK_WEIGHT if is_cjk(letter) else 1.0
