"""What is to be said: lines, and the marks in them."""

from __future__ import annotations

from dataclasses import dataclass


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
