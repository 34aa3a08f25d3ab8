"""A sentence -> numbers: its words, word pairs and pieces of words, hashed into a fixed count of buckets."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 17
"""Count of buckets; the rows of a model."""
LONGEST = 2000
"""Characters read of a text; a sentence is far shorter."""
PIECES = (3, 4, 5)
"""Lengths of the pieces cut from a word, its two ends marked."""
PIECE_WEIGHT = 0.7
"""A piece of a word against a whole word; chosen on dev.tsv."""

_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\ufe0f": None})
_SKIN_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_WORD = r"[a-z\u00df-\u024f]+(?:'[a-z]+)?"
_TOKEN = re.compile(
    rf"""
    [:;=x][-'^]?[()\[\]dp/\\|*3o]+(?!\w) | [(][:;=](?!\w) | </?3+   # :) ;-( =D (: <3
    | \[\w+\]                                                      # [NAME], as in the training text
    | {_WORD} | \d+                                                # no script but Latin was read in training
    | !+ | \?+ | \.{{2,}} | [!-/:-@\[-`{{|}}~]
    | [\u2190-\u2bff\U0001f000-\U0001faff]                         # emoji, one by one
    """,
    re.VERBOSE,
)
_TELLING = re.compile(rf"{_WORD}|[\u2190-\u2bff\U0001f000-\U0001faff]")

Buckets = NDArray[np.intp]
Values = NDArray[np.float32]


def tokens(text: str) -> list[str]:
    """The words, emoji, emoticons and marks of `text` in order, in lower case; "sooo" reads as "soo"."""
    plain = _SKIN_TONE.sub("", text[:LONGEST].lower().translate(_PLAIN))
    return _TOKEN.findall(_DRAWN_OUT.sub(r"\1\1", plain))


def is_telling(token: str) -> bool:
    """Whether it is a word or an emoji: what must be known for a sentence to be understood."""
    return _TELLING.fullmatch(token) is not None


def bucket(term: str) -> int:
    """The bucket of a term: the same on every machine and in every version of Python."""
    return crc32(term.encode()) & (BUCKETS - 1)


def features(found: list[str]) -> tuple[Buckets, Values]:
    """Buckets (n,) and values (n,) of a list of tokens: logarithmic counts, pieces of words weighing less.

    A bucket may come twice; its values then add up.
    """
    pairs = (bucket(f"{one}\t{two}") for one, two in zip(["^", *found], [*found, "$"], strict=True))
    whole = Counter(chain(map(_whole, found), pairs))
    parts = Counter(chain.from_iterable(map(_pieces, found)))
    values = [1.0 + math.log(n) for n in whole.values()] + [PIECE_WEIGHT * (1.0 + math.log(n)) for n in parts.values()]
    return np.array([*whole, *parts], np.intp), np.array(values, np.float32)


@lru_cache(maxsize=1 << 13)
def _whole(token: str) -> int:
    return bucket(token)


@lru_cache(maxsize=1 << 13)
def _pieces(token: str) -> tuple[int, ...]:
    padded = f"<{token}>"
    cuts = (padded[i : i + n] for n in PIECES for i in range(len(padded) - n + 1))
    return tuple(bucket("#" + cut) for cut in cuts if cut != padded)
