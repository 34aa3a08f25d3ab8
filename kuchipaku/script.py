"""What is to be said: lines, and the marks in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from kuchipaku.emotion import Feeling
from kuchipaku.markup import Aside, speakable
from kuchipaku.sentences import Piece, Sign, sentences


@dataclass(frozen=True, slots=True)
class Line:
    """One speakable piece of a reply: a sentence, or a clause of a long one."""

    n: int
    """Its number in the reply, from 0."""
    text: str
    """What is spoken; free of marks and markup."""
    emotion: str = ""
    """One of the 28 labels; empty where no mark said."""
    strength: float = 1.0
    """0 to 1: how strongly it is felt."""
    ends_sentence: bool = True
    """False for a clause whose sentence goes on in the next line."""


def lines_of(pieces: Iterable[str]) -> Iterator[Line]:
    """The lines of a reply that streams in pieces, each as early as it can be known.

    How the text is cut into pieces changes nothing. A mark (`*joy*`, `*joy 0.5*`) belongs to the sentence that it
    stands in or begins. One between two sentences of a line belongs to the second, unless the first has none and
    the reply writes its marks last: its first mark followed a sentence. After the last sentence of a line, a mark
    belongs to that sentence if it has none, else to the next line. Of several marks in a sentence the first counts.
    """
    reply = _Reply()
    for event in sentences(speakable(chain.from_iterable(pieces))):
        yield from reply.hear(event)


class _Reply:
    """Numbers the lines and gives each its feeling."""

    def __init__(self) -> None:
        self._n = 0
        self._inside = False
        self._begun = False  # a clause of the sentence has been said
        self._marks_lead: bool | None = None
        self._feeling: Feeling | None = None
        self._waiting = ""  # a sentence without a mark: one may follow it
        self._late: Feeling | None = None  # a mark behind it, in a reply whose marks lead

    def hear(self, event: Piece | Aside | Sign) -> Iterator[Line]:
        """The lines that become known with the next event."""
        if isinstance(event, Piece):
            yield from self._piece(event)
        elif isinstance(event, Aside):
            if event.feeling is not None:
                yield from self._mark(event.feeling)
        else:
            yield from self._release(self._late if event is Sign.BREAK else None)
            if event is Sign.START:
                self._inside = True

    def _piece(self, piece: Piece) -> Iterator[Line]:
        self._inside = not piece.ends_sentence
        if not piece.text:
            if piece.ends_sentence and self._begun:
                self._feeling, self._begun = None, False
            return
        self._begun = not piece.ends_sentence
        if piece.ends_sentence and self._feeling is None:
            self._waiting = piece.text
            return
        yield self._line(piece.text, self._feeling, piece.ends_sentence)
        if piece.ends_sentence:
            self._feeling = None

    def _mark(self, feeling: Feeling) -> Iterator[Line]:
        if self._waiting and not self._marks_lead:
            self._marks_lead = False
            yield from self._release(feeling)
        elif self._waiting:
            self._late = self._late or feeling
        else:
            if self._marks_lead is None:
                self._marks_lead = not self._inside or None
            self._feeling = self._feeling or feeling

    def _release(self, feeling: Feeling | None) -> Iterator[Line]:
        if self._waiting:
            yield self._line(self._waiting, feeling, True)
            self._feeling = None if feeling is self._late else self._late
            self._waiting, self._late = "", None

    def _line(self, text: str, feeling: Feeling | None, ends_sentence: bool) -> Line:
        shown = feeling or Feeling("")
        self._n += 1
        return Line(self._n - 1, text, shown.emotion, shown.strength, ends_sentence)
