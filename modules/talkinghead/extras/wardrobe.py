"""The figures of all live characters of a server: who is told what, and what is kept in files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from kuchipaku.performer import Performer
from kuchipaku.services import Services
from modules.talkinghead.extras.figure import Figure

OWNER = "talkinghead"
"""Whose costume it is: the name of this plugin."""


class Wardrobe:
    """One figure for each performer, as long as that lives. Any thread may change one; one change at a time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._figures: WeakKeyDictionary[Performer, Figure] = WeakKeyDictionary()
        self._changing = threading.RLock()

    def performer(self, name: str = "") -> Performer:
        """The performer of a character; of the chosen one where the name is empty. Raises UnknownName."""
        return self._services.stage.performer(name or self._services.characters.chosen().name)

    def figure(self, name: str = "") -> Figure:
        """The figure of a character, worn by its performer. Raises UnknownName."""
        performer = self.performer(name)
        with self._changing:
            if performer not in self._figures:
                character = self._services.characters.get(performer.name)
                figure = Figure(character, lambda emotion: self._services.stage.face(emotion, character))
                self._figures[performer] = figure
                performer.wear(OWNER, figure.costume(), ease=False)  # it moves as before
            return self._figures[performer]

    @contextmanager
    def changing(self, name: str = "", *, ease: bool = True) -> Iterator[Figure]:
        """The figure, to be changed by nobody else meanwhile; worn as it is afterwards, unless something was raised.

        With `ease` the face passes over to what has changed; without, it is there at once, as under a slider.
        """
        with self._changing:
            performer = self.performer(name)
            figure = self.figure(performer.name)
            yield figure
            performer.wear(OWNER, figure.costume(), ease=ease)
            if performer.score.rest not in figure.emotions():  # its template has gone
                performer.feel("neutral")

    def feel(self, emotion: str, name: str = "") -> str:
        """Have a character feel `emotion` when nothing is said; "neutral" for one it does not know. What it feels."""
        performer = self.performer(name)
        known = emotion if emotion in self.figure(performer.name).emotions() else "neutral"
        performer.feel(known)
        return known

    def talk(self, talking: bool, name: str = "") -> None:
        """Have a character's mouth talk without a score from now on, or stop."""
        with self.changing(name) as figure:
            now = self.performer(figure.character.name).now()
            (figure.start_talking if talking else figure.stop_talking)(now)

    def save(self, name: str) -> None:
        """Write what was said into the character's folder."""
        with self.changing(name) as figure:
            self._services.characters.write(figure.character.name, figure.saved_files())
            pose = figure.pose
            figure.reset()
            figure.pose = pose
