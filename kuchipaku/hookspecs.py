"""The doors: every way for a plugin to take part. One signature and one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pluggy
from pydantic import BaseModel

from kuchipaku.avatar import AudioAvatar, Avatar
from kuchipaku.character import Character
from kuchipaku.costume import Costume
from kuchipaku.emotion import EmotionReader
from kuchipaku.encode import Encoder
from kuchipaku.llm import LanguageModel
from kuchipaku.pose import Layer, Pose
from kuchipaku.script import Line
from kuchipaku.settings import Settings
from kuchipaku.speech import Aligner, Speech, Voice
from kuchipaku.timeline import Cue, Timeline

if TYPE_CHECKING:
    from flask import Blueprint

    from kuchipaku.bench.figures import Benchmark
    from kuchipaku.services import Services
    from kuchipaku.weights import Published

PROJECT = "kuchipaku"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

AvatarFactory = Callable[[Character], Avatar | AudioAvatar]


@hookspec
def register_llms(register: Callable[[str, Callable[[], LanguageModel]], None], settings: Settings) -> None:
    """Offer language models: call register(name, factory) for each."""


@hookspec
def register_voices(register: Callable[[str, Callable[[], Voice]], None], settings: Settings) -> None:
    """Offer text-to-speech engines: call register(name, factory) for each."""


@hookspec
def register_emotion_readers(register: Callable[[str, Callable[[], EmotionReader]], None], settings: Settings) -> None:
    """Offer readers of emotion for lines without a mark: call register(name, factory) for each."""


@hookspec
def register_avatars(register: Callable[[str, AvatarFactory], None], settings: Settings) -> None:
    """Offer kinds of avatar: call register(kind, factory) for each; the factory takes the character."""


@hookspec
def wrap_avatar(avatar: Avatar, character: Character, settings: Settings) -> Avatar | None:
    """Put another posed avatar in front of one that was just built, such as a cache; the wrapper closes it."""


@hookspec
def register_aligners(register: Callable[[str, Callable[[], Aligner]], None], settings: Settings) -> None:
    """Offer finders of phones in audio without them: call register(name, factory) for each."""


@hookspec
def register_encoders(register: Callable[[str, Encoder], None], settings: Settings) -> None:
    """Offer picture formats for the live stream: call register(format, encoder) for each."""


@hookspec
def compose_cues(
    line: Line, speech: Speech, character: Character, settings: Settings
) -> Mapping[str, Sequence[Cue]] | None:
    """Write tracks of the score for one line: track name -> cues, seconds from the start of its audio."""


@hookspec
def animate(timeline: Timeline, character: Character, settings: Settings) -> Layer | None:
    """Return a motion layer: a function of time in seconds giving a partial pose; it reads the timeline."""


@hookspec
def face(emotion: str, character: Character) -> Pose | None:
    """Return the pose of an emotion at full strength; None for one that you do not know."""


@hookspec
def dress(character: Character, settings: Settings, face: Callable[[str], Pose]) -> Costume | None:
    """Say what a character wears when it comes on stage: a layer over all others, a finish for its frames, a rate.

    `face` gives the pose of an emotion at full strength; an empty one for an emotion that nobody knows.
    """


@hookspec
def adjust_reply(lines: Iterator[Line], character: Character, settings: Settings) -> Iterator[Line] | None:
    """Change, drop or add lines of a reply as they stream by, before they are spoken."""


@hookspec
def register_routes(services: Services) -> Blueprint | None:
    """Return a Flask blueprint; it is served under its prefix, or /api/<its name>, and may keep `services`."""


@hookspec
def extras_modules() -> Sequence[str] | None:
    """Name the SillyTavern-Extras modules this plugin carries, for GET /api/modules."""


@hookspec
def settings_model() -> type[BaseModel] | None:
    """Return the pydantic model of the plugin's own settings, [plugins.<name>] in the settings file."""


@hookspec
def published_weights() -> Sequence[Published] | None:
    """Name the published weights that the plugin can use, for `python -m kuchipaku models`."""


@hookspec
def register_benchmarks(register: Callable[[Benchmark], None], settings: Settings) -> None:
    """Offer measurements to `python -m kuchipaku bench`: call register(benchmark) for each."""


@hookspec
def shutdown() -> None:
    """The server stops: let go of processes, sockets and files."""
