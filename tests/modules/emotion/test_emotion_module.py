from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from kuchipaku import Character, Cue, EmotionReader, EngineUnavailable, Line, Settings, Speech, Timeline
from modules import emotion
from modules.emotion.settings import EmotionSettings

NOBODY = Character("nobody", Path())


def readers(**chosen: object) -> dict[str, Callable[[], EmotionReader]]:
    offered: dict[str, Callable[[], EmotionReader]] = {}
    settings = Settings(plugins={"emotion": EmotionSettings.model_validate(chosen)})
    emotion.register_emotion_readers(offered.__setitem__, settings)
    return offered


def test_two_readers_are_offered_and_the_embedded_one_works_at_once() -> None:
    assert sorted(readers()) == ["goemotions", "transformers"]
    assert readers()["goemotions"]().feel("I love this!").emotion == "love"


def test_the_second_reader_takes_its_model_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[object] = []
    monkeypatch.setattr("modules.emotion.transformers_reader.TransformersReader", lambda *given: taken.extend(given))
    readers(transformers_model="here/it-is", device="cuda", download=True)["transformers"]()
    assert taken == ["here/it-is", "cuda", True]


def test_without_its_library_the_second_reader_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EngineUnavailable, match="torch"):
        readers()["transformers"]()


def test_a_line_is_felt_over_the_whole_of_its_speech() -> None:
    speech = Speech(np.zeros(8_000, np.float32), rate=16_000)
    line = Line(0, "Oh, thank you!", emotion="gratitude", strength=0.8)
    assert emotion.compose_cues(line, speech) == {"emotion": [Cue(0.0, 0.5, "gratitude", 0.8)]}


def test_a_line_without_an_emotion_writes_no_track() -> None:
    assert emotion.compose_cues(Line(0, "Well."), Speech(np.zeros(80, np.float32), 16_000)) is None


def test_the_face_follows_the_emotion_track() -> None:
    layer = emotion.animate(Timeline(3.0, {"emotion": (Cue(0.0, 3.0, "surprise"),)}), NOBODY)
    assert layer(1.0)["eye_surprised_left"] == 1.0


def test_it_carries_the_classify_module_of_the_extras() -> None:
    assert emotion.extras_modules() == ("classify",)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="modell"):
        emotion.settings_model().model_validate({"modell": "x"})


def test_importing_the_plugin_loads_nothing_of_weight() -> None:
    code = "import sys, modules.emotion; sys.exit(any(name.startswith('modules.emotion.') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True)
