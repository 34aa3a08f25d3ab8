"""What the engine reads, and where each part of it stands in the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_MARKS = {"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sk", "Cc", "Cf"}  # Unicode categories


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is spoken; for most languages as it is written."""

    spoken: str
    """What the engine is given."""
    parts: tuple[tuple[int, str], ...] = ()
    """Where spelling and sound differ: (first character in `spoken`, the part as written), in order."""

    def written(self, start: int, end: int) -> str:
        """The text under the characters `start` to `end` of `spoken`, without the marks around it."""
        if not self.parts:
            return _bare(self.spoken[start:end])
        return _bare("".join(text for first, text in self.parts if start <= first < end))


def joined(parts: Iterable[tuple[str, str]]) -> Reading:
    """The reading of parts given as (as written, as spoken), with a space between them."""
    spoken, found = "", []
    for written, sound in parts:
        found.append((len(spoken), written))
        spoken += sound + " "
    return Reading(spoken, tuple(found))


def _bare(text: str) -> str:
    return text.strip("".join(c for c in text if unicodedata.category(c) in _MARKS or c.isspace()) or None)
