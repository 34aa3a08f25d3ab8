"""The installed voices by their ids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kuchipaku import EngineUnavailable, UnknownName, VoiceInfo, hookimpl
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.voices import voice_for, voices_of


def test_every_voice_that_can_be_had_goes_by_its_id(services: Services) -> None:
    assert voices_of(services.voices) == {"hum/hum": VoiceInfo("hum", "en", "A hum")}


VOICES = {
    "a/de": VoiceInfo("de", "de", "German", "male"),
    "a/en-gb": VoiceInfo("en-gb", "en-gb", "British", "male"),
    "a/en": VoiceInfo("en", "en-us", "American", "male"),
    "a/annie": VoiceInfo("annie", "en-us", "Annie", "female", ("default",)),
    "far/away": VoiceInfo("away", "en-us", "Away", "female", ("online",)),
}


@pytest.mark.parametrize(
    ("language", "number", "gender", "found"),
    [
        ("en-US", 0, "", "a/annie"),
        ("en-US", 1, "", "a/en"),
        ("en-US", 4, "", "a/en"),
        ("en-US", 0, "male", "a/en"),
        ("en-GB", 0, "female", "a/en-gb"),
        ("de-AT", 0, "", "a/de"),
    ],
)
def test_the_nearest_voice_of_this_machine_speaks_a_language(
    language: str, number: int, gender: str, found: str
) -> None:
    assert voice_for(VOICES, language, number, gender) == found


def test_a_language_that_nobody_speaks_is_refused() -> None:
    with pytest.raises(UnknownName):
        voice_for(VOICES, "zu-ZA")


def test_an_engine_without_voices_is_left_out(tmp_path: Path) -> None:
    class Broken:
        @hookimpl
        def register_voices(self, register: Callable[[str, Callable[[], Any]], None]) -> None:
            register("broken", self._fail)

        def _fail(self) -> Any:
            raise EngineUnavailable("it is not there")

    services = fake_services(tmp_path, Broken())
    assert list(voices_of(services.voices)) == ["hum/hum"]
    services.shutdown()
