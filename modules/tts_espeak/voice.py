"""espeak-ng as a voice of the house."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from kuchipaku import Delivery, Speech, VoiceInfo
from modules.tts_espeak.catalogue import USUAL_VARIANT, Catalogue, Choice
from modules.tts_espeak.engine import PHONEME, USUAL, Engine, EngineDied, Manner, Utterance
from modules.tts_espeak.kana import kana_of
from modules.tts_espeak.language import language_of
from modules.tts_espeak.phones import phones_of, words_of
from modules.tts_espeak.reading import Reading
from modules.tts_espeak.settings import EspeakSettings
from modules.tts_espeak.sound import finish
from modules.tts_espeak.text import audible, clean, ends_sentence, pieces

_WORDS = (80, 449)
_PERCENT = (0, 100)
_SHORT = 12  # characters
_CLAUSE_SHARE = 0.5  # of the pause of a sentence
_PITCH_EXPONENT = 1.25  # by measure: f0 goes with about the 0.8th power of what the engine is told


class EspeakVoice:
    """The embedded text-to-speech engine; see `kuchipaku.Voice`.

    Speed is held to 80 to 449 words a minute (0.46 to 2.57 times the usual), pitch to 0.57 to 1.74 times.
    """

    def __init__(self, engine: Engine, settings: EspeakSettings) -> None:
        """Starts the engine. Raises EngineUnavailable, and UnknownName for a wrong name in the settings."""
        self._engine = engine
        self._settings = settings
        self._catalogue = Catalogue(engine.voices(), settings.language)
        if settings.voice:
            self._catalogue.voice(settings.voice)

    def voices(self) -> Sequence[VoiceInfo]:
        """Two voices of every language, and all variants of American English; others go by "de+f2"."""
        return self._catalogue.listing()

    def check(self, delivery: Delivery) -> None:
        """Raises UnknownName, naming what there is, for a voice or language it does not have."""
        self._choice("", delivery)

    def speak(self, text: str, delivery: Delivery) -> Iterator[Speech]:
        """The audio of `text`, any string, a sentence or a few at a time; nothing where there is nothing to say.

        Without a language it is the voice's, or the one whose script the text is in. Raises UnknownName at once,
        EngineUnavailable when the engine fails; a text that breaks it is tried in parts.
        """
        cleaned = clean(text)
        choice = self._choice(cleaned, delivery)
        return (speech for piece in pieces(cleaned) for speech in self._survived(piece, choice, delivery))

    def _choice(self, text: str, delivery: Delivery) -> Choice:
        name = delivery.voice or self._settings.voice
        chosen = self._catalogue.voice(name) if name else Choice("", USUAL_VARIANT)
        wanted = delivery.language or language_of(text, chosen.language or self._settings.language)
        if wanted.lower() == chosen.language.split("-")[0]:  # "en" by "en-gb+f3" stays British
            return chosen
        return Choice(self._catalogue.language(wanted), chosen.variant)

    def _survived(self, text: str, choice: Choice, delivery: Delivery) -> Iterator[Speech]:
        """A piece in one, or, where it breaks the engine, in halves; of those the short ones that still do are lost."""
        if not audible(text):
            return
        try:
            yield self._piece(text, choice, delivery)
        except EngineDied:
            middle = text.rfind(" ", 0, len(text) // 2 + 1) + 1 or len(text) // 2
            halves = (text[:middle], text[middle:]) if len(text) > _SHORT else ()
            for half in halves:
                yield from self._survived(half, choice, delivery)

    def _piece(self, text: str, choice: Choice, delivery: Delivery) -> Speech:
        reading = kana_of(text) if choice.language == "ja" else Reading(text)
        manner = _manner(delivery)
        said = self._engine.say(reading.spoken, self._catalogue.spec(choice), manner)
        gap = self._settings.pause * USUAL.words / manner.words
        return _speech(said, reading, gap if ends_sentence(text) else gap * _CLAUSE_SHARE)


def _manner(delivery: Delivery) -> Manner:
    pitch = max(delivery.pitch, 0.1) ** _PITCH_EXPONENT
    return Manner(
        _within(USUAL.words * delivery.speed, _WORDS),
        _within(USUAL.pitch + 50.0 * math.log2(pitch), _PERCENT),
        _within(USUAL.spread * pitch, _PERCENT),
    )


def _speech(said: Utterance, reading: Reading, gap: float) -> Speech:
    end = _end_of_sound(said)
    samples = finish(said.samples, said.rate, end, gap)
    phones = phones_of(said.events, end, len(samples) / said.rate)
    return Speech(samples, said.rate, phones, words_of(said.events, phones, reading))


def _end_of_sound(said: Utterance) -> float:
    """Seconds to the start of the pause that ends the utterance, or to its very end."""
    end = len(said.samples) / said.rate
    for event in reversed(said.events):
        if event.kind == PHONEME and event.name and not event.name.startswith("("):
            break
        if event.kind == PHONEME and not event.name:
            end = event.time
    return end


def _within(value: float, limits: tuple[int, int]) -> int:
    return round(min(limits[1], max(limits[0], value)))
