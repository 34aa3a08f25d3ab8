"""The performers, one for each character that has been called on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kuchipaku.character import Character, CharacterStore
from kuchipaku.hookspecs import AvatarFactory
from kuchipaku.live_avatar import AnyAvatar, is_posed
from kuchipaku.performer import NamedLayer, Performer
from kuchipaku.plugins import Plugins
from kuchipaku.pose import Pose
from kuchipaku.registry import Registry
from kuchipaku.settings import Settings
from kuchipaku.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Notice:
    """What followers of a character are told: a performance begins, or all is silent."""

    number: int
    kind: str
    body: dict[str, Any]


class Stage:
    """Performers by character name, made when first called on; and the news about them."""

    def __init__(
        self, settings: Settings, characters: CharacterStore, avatars: Registry[AvatarFactory], plugins: Plugins
    ) -> None:
        self._settings, self._characters, self._avatars, self._plugins = settings, characters, avatars, plugins
        self._performers: dict[str, Performer] = {}
        self._known: dict[str, Character] = {}
        """What performers go by: their characters as they were last read."""
        self._notices: dict[str, Notice] = {}
        self._lock = threading.RLock()
        self._news = threading.Condition()
        self._count = 0
        self._ended = False

    def performer(self, name: str) -> Performer:
        """The performer of a character. Raises UnknownName; its avatar is built when it is first watched."""
        with self._lock:
            if name not in self._performers:
                self._known[name] = self._characters.get(name)
                self._performers[name] = self._cast(self._known[name])
            return self._performers[name]

    def performer_of(self, character: Character) -> Performer:
        """The performer of a character, who goes by what `character` says from the next score on.

        So what is edited by hand counts: its emotions, temperament, seed and rest. Raises UnknownName.
        """
        with self._lock:
            performer = self.performer(character.name)
            before, self._known[character.name] = self._known[character.name], character
        if character.rest != before.rest:
            performer.feel(character.rest)
        return performer

    def performers(self) -> list[Performer]:
        """All that have been called on."""
        return list(self._performers.values())

    def on_stage(self, name: str) -> Performer | None:
        """The performer of a character if it has been called on."""
        return self._performers.get(name)

    def face(self, emotion: str, character: Character) -> Pose:
        """The pose of an emotion at full strength; empty, so at rest, for one that no plugin knows."""
        known = {"emotion": emotion, "character": character}
        return next((pose for _, pose in self._plugins.each_live("face", **known)), {})

    def forget(self, name: str) -> None:
        """Let a character's performer go: the character is deleted."""
        with self._lock:
            performer = self._performers.pop(name, None)
            self._known.pop(name, None)
        if performer:
            performer.end()
        with self._news:
            self._notices.pop(name, None)

    def end(self) -> None:
        """Let all performers and followers go."""
        with self._news:
            self._ended = True
            self._news.notify_all()
        for performer in self.performers():
            self.forget(performer.name)

    def tell(self, character: str, kind: str, generation: int, **body: Any) -> None:
        """Tell the followers of a character; one who comes later is told the last notice. Older news is no news."""
        with self._news:
            last = self._notices.get(character)
            if last is None or generation > last.body["generation"]:
                self._count += 1
                self._notices[character] = Notice(self._count, kind, {"generation": generation, **body})
                self._news.notify_all()

    def notices(self, character: str, patience: float = 10.0) -> Iterator[Notice | None]:
        """The last notice about a character, then the newest whenever there is one, while the character exists.

        None after each `patience` seconds without news.
        """
        seen = 0
        while True:
            notice = self._next_notice(character, seen, patience)
            if notice is None and (self._ended or not self._characters.has(character)):
                return
            seen = notice.number if notice else seen
            yield notice

    def _next_notice(self, character: str, seen: int, patience: float) -> Notice | None:
        with self._news:
            self._news.wait_for(lambda: self._ended or self._number(character) > seen, patience)
            return self._notices[character] if self._number(character) > seen else None

    def _number(self, character: str) -> int:
        notice = self._notices.get(character)
        return notice.number if notice else 0

    def _cast(self, character: Character) -> Performer:
        known = {
            "character": character,
            "settings": self._settings,
            "face": lambda emotion: self.face(emotion, self._now(character)),
        }
        return Performer(
            character.name,
            self._avatar_builder(character.name),
            self._layer_builder(character),
            self._settings.stream.fps,
            character.rest,
            worn=dict(self._plugins.each_live("dress", **known)),
        )

    def _avatar_builder(self, name: str) -> Callable[[], AnyAvatar]:
        def build() -> AnyAvatar:
            character = self._characters.get(name)  # as its file says now
            avatar = self._avatars.get(character.avatar)(character)
            known = {"character": character, "settings": self._settings}
            for _, wrap in self._plugins.callers("wrap_avatar"):
                if is_posed(avatar):
                    avatar = wrap(avatar=avatar, **known) or avatar
            return avatar

        return build

    def _layer_builder(self, character: Character) -> Callable[[Timeline], list[NamedLayer]]:
        def layers(timeline: Timeline) -> list[NamedLayer]:
            known = {"timeline": timeline, "character": self._now(character), "settings": self._settings}
            return list(self._plugins.each_live("animate", **known))

        return layers

    def _now(self, cast: Character) -> Character:
        """What a performer goes by; of one who has left the stage, what it was `cast` as."""
        return self._known.get(cast.name, cast)
