"""Text before and after a summary."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from kuchipaku.sentences import Piece, is_cjk, sentences

LONGEST_SENTENCE = 400
"""Characters after which a sentence counts by its clauses."""


def tidy(text: str) -> str:
    """Normalized (NFKC), each run of whitespace one blank, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, each tidy; a line's end ends one. What has no letter or digit is left out."""
    return list(filter(None, map(tidy, _whole(unicodedata.normalize("NFKC", text)))))


def _whole(text: str) -> Iterator[str]:
    """Sentences put together again out of the clauses that they are cut into for speech."""
    sentence = ""
    for piece in sentences(iter(text)):
        if isinstance(piece, Piece):
            sentence += ("" if not sentence or is_cjk(sentence[-1]) else " ") + piece.text
            if piece.ends_sentence or len(sentence) > LONGEST_SENTENCE:
                yield sentence
                sentence = ""
    yield sentence
