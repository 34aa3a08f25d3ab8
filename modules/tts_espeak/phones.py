"""The engine's events to phones and words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from kuchipaku import Phone, Word
from modules.tts_espeak.engine import PHONEME, WORD, Event
from modules.tts_espeak.reading import Reading

_STRESS = {"ˈ": 2, "ˌ": 1}


def phones_of(events: Sequence[Event], end: float, duration: float) -> tuple[Phone, ...]:
    """Phones that tile 0 to `duration`, silent from `end` on (seconds). A pause is a phone too, never two in a row.

    The names of switched-in languages, "(en)", are left out; stress marks become `Phone.stress`.
    """
    marks = [(min(e.time, end), e.name) for e in events if e.kind == PHONEME and not e.name.startswith("(")]
    marks = [(0.0, ""), *sorted(marks, key=lambda mark: mark[0]), (end, ""), (duration, "")]
    found: list[Phone] = []
    for (start, name), (following, _) in pairwise(marks):
        if following <= start:
            continue
        symbol = "".join(c for c in name if c not in _STRESS and c.isprintable())
        if found and symbol == found[-1].symbol == "":
            start = found.pop().start
        found.append(Phone(symbol, start, following, max((_STRESS.get(c, 0) for c in name), default=0)))
    return tuple(found)


def words_of(events: Sequence[Event], phones: Sequence[Phone], reading: Reading) -> tuple[Word, ...]:
    """The written words, each from its first sound to its last; silent ones are left out."""
    found: list[Word] = []
    for (start, position), (end, following) in pairwise([*_starts(events), (float("inf"), len(reading.spoken))]):
        sounds = [p for p in phones if p.symbol and start <= p.start < end]
        text = reading.written(position, following)
        if sounds and text:
            found.append(Word(text, sounds[0].start, sounds[-1].end))
        elif sounds and found:  # the rest of a picture or sign that is spoken in several words
            found[-1] = replace(found[-1], end=sounds[-1].end)
    return tuple(found)


def _starts(events: Sequence[Event]) -> Iterator[tuple[float, int]]:
    """Time and first character of each word; a number or picture spoken in many words begins only once."""
    reached = -1
    for event in events:
        if event.kind == WORD and event.position > reached:
            reached = event.position
            yield event.time, event.position
