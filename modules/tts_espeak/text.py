"""Any string to texts that the engine can take: cleaned, and cut where a reader would breathe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

PIECE = 160
"""Characters of a piece, about: the first is heard while the others are made, and long clauses of some scripts overflow
the engine's buffers."""

_SENTENCE_END = ".!?…。！？।॥؟۔։።"
_CLAUSE_END = ",;:、，；：،؛"
_CLOSERS = "\"'”’»)]）】」』"
_SENTENCES = re.compile(rf".*?(?:[{_SENTENCE_END}]+[{re.escape(_CLOSERS)}]*(?:\s+|(?<=[。！？])|$)|$)", re.DOTALL)


def clean(text: str) -> str:
    """`text` of the same length with a space for each control character, lone surrogate and private character."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") else c for c in text)


def audible(text: str) -> bool:
    """Whether there is anything to say: a letter, a digit or a picture character."""
    return any(unicodedata.category(c)[0] in "LN" or unicodedata.category(c) == "So" for c in text)


def ends_sentence(text: str) -> bool:
    """Whether a full pause follows `text`; not so after a comma and its like."""
    return not text.rstrip().rstrip(_CLOSERS).endswith(tuple(_CLAUSE_END))


def pieces(text: str) -> Iterator[str]:
    """`text` in consecutive parts of whole sentences, none much longer than PIECE; a longer sentence is cut at
    a comma, a space, or where it must."""
    held = ""
    for sentence in _SENTENCES.findall(text):
        if held and len(held) + len(sentence) > PIECE:
            yield from _cut(held)
            held = ""
        held += sentence
    yield from _cut(held)


def _cut(text: str) -> Iterator[str]:
    while len(text) > PIECE:
        window = text[:PIECE]
        breaks = [window.rfind(mark) for mark in _CLAUSE_END]
        end = max(breaks) + 1
        if end < PIECE // 2:
            end = window.rfind(" ") + 1 or PIECE
        yield text[:end]
        text = text[end:]
    if text:
        yield text
