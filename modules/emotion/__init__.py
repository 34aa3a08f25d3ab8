"""What is felt: read from marks and words, written into the score, shown on the face."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from kuchipaku import Character, Cue, EmotionReader, Layer, Line, Pose, Section, Settings, Speech, Timeline, hookimpl

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.services import Services


@hookimpl
def register_emotion_readers(register: Callable[[str, Callable[[], EmotionReader]], None], settings: Settings) -> None:
    """The embedded classifier "goemotions", and "transformers" for a model of the user's choice."""

    def embedded() -> EmotionReader:
        from modules.emotion.classify import HashedReader

        return HashedReader()

    def pretrained() -> EmotionReader:
        from modules.emotion.transformers_reader import TransformersReader

        chosen = settings.plugin("emotion")
        return TransformersReader(chosen.transformers_model, chosen.device, chosen.download)

    register("goemotions", embedded)
    register("transformers", pretrained)


@hookimpl
def compose_cues(line: Line, speech: Speech) -> Mapping[str, Sequence[Cue]] | None:
    """Track `emotion`: the emotion of the line over the whole of its speech; none where the line has none."""
    if not line.emotion:
        return None
    return {"emotion": [Cue(0.0, speech.duration, line.emotion, line.strength)]}


@hookimpl
def animate(timeline: Timeline, character: Character) -> Layer:
    """The face of the emotion track, cross-faded."""
    from modules.emotion.layer import emotion_layer

    return emotion_layer(timeline, character)


@hookimpl
def face(emotion: str, character: Character) -> Pose | None:
    """The common faces, and the character's own."""
    from modules.emotion.templates import pose_of, templates

    known = emotion in templates() or emotion in character.emotions
    return pose_of(emotion, 1.0, character) if known else None


@hookimpl
def register_routes(services: Services) -> Blueprint:
    """/api/classify and its labels."""
    from modules.emotion.routes import blueprint

    return blueprint(services)


@hookimpl
def extras_modules() -> Sequence[str]:
    """The SillyTavern-Extras module this plugin carries."""
    return ("classify",)


@hookimpl
def settings_model() -> type[Section]:
    """[plugins.emotion]."""
    from modules.emotion.settings import EmotionSettings

    return EmotionSettings
