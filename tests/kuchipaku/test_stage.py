"""Performers go by what their characters' files say now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kuchipaku import Character, Layer, Pose, Timeline, hookimpl
from kuchipaku.costume import Costume
from kuchipaku.errors import UnknownName
from kuchipaku.services import Services
from kuchipaku.settings import Settings
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app


class Watcher:
    """A plugin that notes what its hooks are told of the character."""

    def __init__(self) -> None:
        self.temperaments: list[float] = []
        self.rests: list[str] = []
        self.face: Callable[[str], Pose] = lambda emotion: {}

    @hookimpl
    def animate(self, timeline: Timeline, character: Character) -> Layer | None:
        self.temperaments.append(character.temperament)
        self.rests.append(timeline.track("rest")[0].name)
        return None

    @hookimpl(specname="face")
    def own_face(self, emotion: str, character: Character) -> Pose | None:
        return character.emotions.get(emotion)

    @hookimpl
    def dress(self, character: Character, settings: Settings, face: Callable[[str], Pose]) -> Costume | None:
        self.face = face
        return None


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
def house(tmp_path: Path, watcher: Watcher) -> Iterator[Services]:
    """A server's parts, its character on stage."""
    made = fake_services(tmp_path, watcher)
    made.stage.performer("test")
    yield made
    made.shutdown()


def edit(house: Services, toml: str) -> None:
    """Write the file of the character as a hand would."""
    folder = house.settings.folders.characters / "test"
    (folder / "character.toml").write_text(f'avatar = "bars"\n{toml}')


def begin(house: Services) -> None:
    """A performance begins, as the director begins one."""
    house.stage.performer_of(house.characters.get("test")).begin("p", 1)


def test_what_is_edited_by_hand_counts_from_the_next_performance_on(house: Services, watcher: Watcher) -> None:
    begin(house)
    edit(house, "temperament = 0.9\n[emotions.joy]\nmouth_smirk = 0.25\n")
    assert watcher.face("joy") == {}
    begin(house)
    assert watcher.temperaments == [0.5, 0.9]
    assert watcher.face("joy") == {"mouth_smirk": 0.25}


def test_another_emotion_at_rest_is_worn_from_then_on(house: Services, watcher: Watcher) -> None:
    begin(house)
    house.stage.performer("test").feel("anger")
    begin(house)
    assert watcher.rests[-1] == "anger", "what was said stays, as long as the file says nothing new"
    edit(house, 'rest = "joy"\n')
    begin(house)
    assert watcher.rests[-1] == "joy"


def test_a_real_performance_reads_the_file(house: Services, watcher: Watcher) -> None:
    client = create_app(house).test_client()
    edit(house, "temperament = 0.125\n")
    client.post("/api/perform", json={"text": "Hi."}).get_data()
    assert watcher.temperaments[-1] == 0.125


def test_who_has_left_the_stage_is_nobody(house: Services) -> None:
    with pytest.raises(UnknownName):
        house.stage.performer_of(Character("gone", Path()))
