"""A message cut into what the character says and what a narrator tells, as AllTalk cuts it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PIECES = re.compile(r'\*(?P<narrator>[^*]+)\*|["“](?P<character>[^"“”]+)["”]|(?P<rest>[^*"“]+)')
"""Between asterisks, between quotes, or neither; a sign that is never closed is passed over."""


def told(text: str, rest: str) -> Iterator[tuple[str, str]]:
    """The pieces of a message with who tells them, in order.

    The narrator has what stands between asterisks, the character what stands between quotes; `rest` says who has
    what stands in neither: "character", "narrator", or "silent" for nobody.
    """
    for piece in _PIECES.finditer(text):
        who = rest if piece.lastgroup == "rest" else str(piece.lastgroup)
        words = piece[0].strip('*"“” \n')
        if words and (who in ("character", "narrator")):
            yield who, words
