"""Everything a server has, put together once and handed to whoever needs a part of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kuchipaku.character import CharacterStore
from kuchipaku.composer import Composer
from kuchipaku.director import Director
from kuchipaku.emotion import EmotionReader
from kuchipaku.encode import Encoder
from kuchipaku.errors import BadRequest, EngineUnavailable, KuchipakuError
from kuchipaku.hookspecs import AvatarFactory
from kuchipaku.llm import LanguageModel
from kuchipaku.metrics import Metrics
from kuchipaku.plugins import Plugins
from kuchipaku.registry import Registry
from kuchipaku.script import Line
from kuchipaku.settings import Settings
from kuchipaku.speech import Aligner, Delivery, Voice
from kuchipaku.stage import Stage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one server. A plugin's routes are given this."""

    settings: Settings
    plugins: Plugins
    llms: Registry[LanguageModel]
    voices: Registry[Voice]
    readers: Registry[EmotionReader]
    avatars: Registry[AvatarFactory]
    aligners: Registry[Aligner]
    encoders: Registry[Encoder]
    characters: CharacterStore
    composer: Composer
    stage: Stage
    director: Director
    metrics: Metrics

    def check_names(self) -> None:
        """Raises BadRequest for an engine that the settings name and no plugin offers."""
        speech, reply = self.settings.speech, self.settings.reply
        _check_names("speech.voice", [speech.voice.partition("/")[0]], self.voices.names())
        _check_names("speech.aligners", speech.aligners, self.aligners.names())
        _check_names("reply.llms", reply.llms, self.llms.names())
        _check_names("reply.emotion_reader", [reply.emotion_reader], self.readers.names())

    def extras_modules(self) -> list[str]:
        """The SillyTavern-Extras modules that are on and that a plugin carries; "tts" is the Extras' alias of one."""
        carried = {name for _, names in self.plugins.each_live("extras_modules") for name in names}
        wanted = [name for name in self.settings.modules if name != "tts"]
        wanted += ["silero-tts"] if "tts" in self.settings.modules else []
        return [name for name in dict.fromkeys(wanted) if name in carried]

    def answering(self) -> tuple[str, str]:
        """The language model that would answer now, and what it says of itself or why there is none."""
        try:
            name, model = self.llms.first(self.settings.reply.llms)
        except EngineUnavailable as error:
            return "", f"{error}: {error.hint}"
        return name, getattr(model, "description", "")

    def shutdown(self) -> None:
        """Silence everybody, and let every plugin let go of what it holds."""
        self.director.stop()
        self.stage.end()
        for _ in self.plugins.each_live("shutdown"):
            pass

    def warm_up(self, character: str) -> None:
        """Load, on a thread, what the first text to `character` will need, so that it is answered at once."""
        threading.Thread(target=self._warm_up, args=(character,), name="warm-up", daemon=True).start()

    def _warm_up(self, character: str) -> None:
        try:
            who = self.characters.get(character)
            line = self.composer.felt(Line(0, "Hello."))
            for _ in self.composer.takes(line, who, Delivery()):
                pass
            self.stage.performer(character).prepare()
        except KuchipakuError as error:
            log.warning("warm-up: %s (%s)", error, error.hint)


def build_services(plugins: Plugins, settings: Settings) -> Services:
    """The parts of a server out of its plugins and settings. Nothing heavy is loaded before it is asked for."""
    settings = plugins.resolve(settings)
    llms: Registry[LanguageModel] = Registry("language model")
    voices: Registry[Voice] = Registry("voice engine")
    readers: Registry[EmotionReader] = Registry("emotion reader")
    avatars: Registry[AvatarFactory] = Registry("kind of avatar")
    aligners: Registry[Aligner] = Registry("aligner")
    encoders: Registry[Encoder] = Registry("picture format")
    _fill(plugins, settings, "register_llms", llms.register)
    _fill(plugins, settings, "register_voices", voices.register)
    _fill(plugins, settings, "register_emotion_readers", readers.register)
    _fill(plugins, settings, "register_aligners", aligners.register)
    _fill(plugins, settings, "register_avatars", lambda name, factory: avatars.register(name, lambda: factory))
    _fill(plugins, settings, "register_encoders", lambda name, encoder: encoders.register(name, lambda: encoder))
    characters = CharacterStore(settings.folders.characters)
    composer = Composer(settings, plugins, voices, readers, aligners)
    stage = Stage(settings, characters, avatars, plugins)
    metrics = Metrics()
    director = Director(settings, plugins, llms, composer, stage, metrics)
    return Services(
        settings, plugins, llms, voices, readers, avatars, aligners, encoders, characters, composer, stage, director,
        metrics,
    )  # fmt: skip


def _fill(plugins: Plugins, settings: Settings, hook: str, register: object) -> None:
    for _ in plugins.each(hook, register=register, settings=settings):
        pass


def _check_names(key: str, wanted: Iterable[str], known: Sequence[str]) -> None:
    for name in wanted:
        if name not in known:
            raise BadRequest(
                f"settings: {key} names {name!r}", hint=f"known: {', '.join(known) or 'none is installed'}"
            )
