"""The embedded engine: the sentences that say most of what the text says, in the text's own order.

Each sentence is a vector of its words, weighed by how few other sentences have them (TF-IDF). Those nearest to the sum
of all come first; near both ends of the text, where stories and chats say how things stand, they are a little dearer,
and of few words they are cheap. What a sentence shares with one that was picked before counts no more.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from modules.summarize.text import sentences_of, tidy

CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD = re.compile(rf"[{CJK}]|[^\W\d_{CJK}]+")
"""A word; of scripts that set no blanks, a character."""
SHARE = 3
"""One of so many sentences is picked."""
EDGE = 0.25
"""How much dearer the first and the last sentence are."""
ENOUGH = 8
"""Different words from which a sentence has its full worth."""

Vector = Mapping[str, float]


class ExtractiveSummarizer:
    """Picks a third of the sentences, `most` at most."""

    def __init__(self, most: int) -> None:
        self._most = most

    def summarize(self, text: str) -> str:
        """The summary; what has no sentence is its own. Any language, never an error."""
        found = sentences_of(text)
        count = min(self._most, math.ceil(len(found) / SHARE))
        chosen = sorted(picked(vectors_of(found), count))
        return " ".join(found[n] for n in chosen) or tidy(text)


def picked(vectors: Sequence[Vector], count: int) -> list[int]:
    """Numbers of the `count` best sentences, the best first."""
    whole = unit(total(vectors))
    worth = [dot(vector, whole) * _weight(n, vectors) for n, vector in enumerate(vectors)]
    repeats = [0.0] * len(vectors)
    chosen: list[int] = []
    while len(chosen) < count:
        left = set(range(len(vectors))) - set(chosen)
        best = max(sorted(left), key=lambda n: worth[n] * (1.0 - repeats[n]))
        chosen.append(best)
        repeats = [max(old, dot(vector, vectors[best])) for old, vector in zip(repeats, vectors, strict=True)]
    return chosen


def vectors_of(found: Sequence[str]) -> list[Vector]:
    """A vector of length 1 for each sentence, word -> weight; without words it is empty."""
    counts = [Counter(WORD.findall(sentence.casefold())) for sentence in found]
    spread = Counter(word for count in counts for word in count)
    rarity = {word: math.log1p(len(found) / many) for word, many in spread.items()}
    return [unit({word: many * rarity[word] for word, many in count.items()}) for count in counts]


def total(vectors: Iterable[Vector]) -> Vector:
    """The sum."""
    summed: dict[str, float] = {}
    for vector in vectors:
        for word, weight in vector.items():
            summed[word] = summed.get(word, 0.0) + weight
    return summed


def unit(vector: Vector) -> Vector:
    """The vector at length 1; an empty one as it is."""
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {word: weight / length for word, weight in vector.items()}


def dot(one: Vector, other: Vector) -> float:
    """The dot product."""
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def _weight(n: int, vectors: Sequence[Vector]) -> float:
    to_the_edge = min(n, len(vectors) - 1 - n)
    return (1.0 + EDGE / (1 + to_the_edge)) * min(len(vectors[n]) / ENOUGH, 1.0)
