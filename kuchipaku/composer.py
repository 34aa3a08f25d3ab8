"""From a line to its sound and its score: feeling, voice, phones, cues."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kuchipaku.character import Character
from kuchipaku.emotion import EmotionReader, Feeling
from kuchipaku.errors import EngineUnavailable, KuchipakuError
from kuchipaku.plugins import Plugins
from kuchipaku.registry import Registry
from kuchipaku.script import Line
from kuchipaku.settings import Settings
from kuchipaku.speech import Aligner, Delivery, Speech, Voice
from kuchipaku.timeline import Cue, Timeline, merge

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Take:
    """A spoken piece of a line, and its score from the start of its audio."""

    speech: Speech
    timeline: Timeline


class Composer:
    """Works out one line at a time; holds no state of its own."""

    def __init__(
        self,
        settings: Settings,
        plugins: Plugins,
        voices: Registry[Voice],
        readers: Registry[EmotionReader],
        aligners: Registry[Aligner],
    ) -> None:
        self._settings, self._plugins = settings, plugins
        self._voices, self._readers, self._aligners = voices, readers, aligners

    def felt(self, line: Line) -> Line:
        """The line with an emotion: its mark's, or what the reader finds; neutral where the reader is unavailable."""
        if line.emotion:
            return line
        try:
            feeling = self._readers.get(self._settings.reply.emotion_reader).feel(line.text)
        except EngineUnavailable as error:
            log.warning("no emotion is read: %s", error)
            feeling = Feeling()
        return replace(line, emotion=feeling.emotion, strength=feeling.strength)

    def check(self, character: Character, wish: Delivery) -> None:
        """Raises UnknownName for an engine, a voice or a language that is not there, before anything is begun."""
        engine, delivery = self._delivery(Line(0, ""), character, wish)
        self._voices.get(engine).check(delivery)

    def takes(self, line: Line, character: Character, wish: Delivery) -> Iterator[Take]:
        """The line spoken, in consecutive pieces, each as soon as it is ready.

        `wish` is what the client asked for; where it is silent the character and the settings speak. Raises what
        the voice raises: UnknownName, EngineUnavailable.
        """
        engine, delivery = self._delivery(line, character, wish)
        for speech in self._voices.get(engine).speak(line.text, delivery):
            yield self._take(line, speech, character, delivery.language)

    def heard(self, line: Line, recording: Speech, character: Character, wish: Delivery) -> Take:
        """The line as somebody else spoke it; its text may be empty, where nobody knows it."""
        return self._take(line, recording, character, wish.language or character.language)

    def _take(self, line: Line, speech: Speech, character: Character, language: str) -> Take:
        if not speech.phones:
            speech = self._aligned(speech, line.text, language)
        return Take(speech, self._score(line, speech, character))

    def _delivery(self, line: Line, character: Character, wish: Delivery) -> tuple[str, Delivery]:
        own = character.voice or self._settings.speech.voice
        engine, _, voice = (wish.voice or own).partition("/")
        language = wish.language or character.language
        speed, pitch = _held(wish.speed * character.speed), _held(wish.pitch * character.pitch)
        return engine, Delivery(voice, language, speed, pitch, line.emotion or "neutral")

    def _aligned(self, speech: Speech, text: str, language: str) -> Speech:
        for name in self._settings.speech.aligners:
            try:
                phones = self._aligners.get(name).align(speech.samples, speech.rate, text, language)
            except KuchipakuError as error:
                log.warning("aligner %r: %s", name, error)
                continue
            if phones:
                return replace(speech, phones=phones, timing=name)
        return speech

    def _score(self, line: Line, speech: Speech, character: Character) -> Timeline:
        known = {"line": line, "speech": speech, "character": character, "settings": self._settings}
        written = [
            timeline
            for name, tracks in self._plugins.each_live("compose_cues", **known)
            if (timeline := _checked(name, tracks, speech.duration)) is not None
        ]
        return merge([Timeline(speech.duration), *written])


def _held(factor: float) -> float:
    """A factor of speed or pitch, inside what a `Delivery` promises."""
    return min(4.0, max(0.25, factor))


def _checked(plugin: str, tracks: Mapping[str, Sequence[Cue]], duration: float) -> Timeline | None:
    """A plugin's tracks, held inside the sound; None, and a line in the log, where they are no tracks of cues."""
    try:
        return _within(Timeline(duration, {name: tuple(cues) for name, cues in tracks.items()}))
    except (AttributeError, TypeError):
        log.exception("plugin %r wrote no cues in compose_cues", plugin)
        return None


def _within(timeline: Timeline) -> Timeline:
    """A plugin's cues, held inside the sound they belong to."""
    end = timeline.duration
    tracks = {
        name: tuple(Cue(max(0.0, c.start), min(end, c.end), c.name, c.weight) for c in cues if c.start < end)
        for name, cues in timeline.tracks.items()
    }
    return Timeline(end, tracks)
