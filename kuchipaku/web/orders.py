"""What every request to speak has in common: its text, its character, its manner."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from kuchipaku.character import Character
from kuchipaku.director import Order
from kuchipaku.errors import BadRequest, TooLarge
from kuchipaku.script import Line
from kuchipaku.services import Services
from kuchipaku.speech import Delivery
from kuchipaku.web.schemas import Manner


def character_of(services: Services, name: str) -> Character:
    """The character of that name, or the chosen one where the name is empty. Raises UnknownName."""
    return services.characters.get(name) if name else services.characters.chosen()


def checked_text(text: str, most: int) -> str:
    """The text as it is. Raises BadRequest where there is none, TooLarge where it has more than `most` characters."""
    if not text.strip():
        raise BadRequest("the text is empty", hint="send something to say")
    if len(text) > most:
        raise TooLarge(f"the text has {len(text)} characters", hint=f"at most {most}")
    return text


def speakable(lines: Iterator[Line]) -> Iterator[Line]:
    """The same lines. Raises BadRequest, at once, where there is none."""
    first = next(lines, None)
    if first is None:
        raise BadRequest("there is nothing to speak in that text", hint="marks, code and emoji are not spoken")
    return chain([first], lines)


def order_of(services: Services, body: Manner, *, player: bool = False, conversation: str = "") -> Order:
    """Who is to speak, and how. Raises UnknownName for what is not there, before anything is begun."""
    character = character_of(services, body.character)
    wish = Delivery(body.voice, body.language, body.speed, body.pitch)
    services.composer.check(character, wish)
    return Order(character, wish, conversation, player)
