"""What every request to speak has in common: its text, its character, its manner."""

from __future__ import annotations

from kuchipaku.character import Character
from kuchipaku.director import Order
from kuchipaku.errors import BadRequest, TooLarge
from kuchipaku.services import Services
from kuchipaku.speech import Delivery
from kuchipaku.web.schemas import Manner


def character_of(services: Services, name: str) -> Character:
    """The character of that name, or the chosen one where the name is empty. Raises UnknownName."""
    return services.characters.get(name) if name else services.characters.chosen()


def checked_text(services: Services, text: str) -> str:
    """The text as it is. Raises BadRequest where there is none, TooLarge where there is too much."""
    if not text.strip():
        raise BadRequest("the text is empty", hint="send something to say")
    most = services.settings.limits.text_chars
    if len(text) > most:
        raise TooLarge(f"the text has {len(text)} characters", hint=f"at most {most}")
    return text


def order_of(services: Services, body: Manner, *, player: bool = False, conversation: str = "") -> Order:
    """Who is to speak, and how. Raises UnknownName for what is not there, before anything is begun."""
    character = character_of(services, body.character)
    wish = Delivery(body.voice, body.language, body.speed, body.pitch)
    services.composer.check(character, wish)
    return Order(character, wish, conversation, player)
