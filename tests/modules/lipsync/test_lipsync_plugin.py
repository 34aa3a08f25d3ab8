from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pluggy
import pytest
from pydantic import ValidationError

import modules.lipsync as plugin
from kuchipaku import Aligner, Character, Cue, Layer, Line, Phone, Pose, Settings, Speech, Timeline, hookimpl, hookspecs
from modules.lipsync.settings import LipsyncSettings

NOBODY = Character("nobody", Path())
USUAL = Settings(plugins={"lipsync": LipsyncSettings()})


class Below:
    @hookimpl
    def animate(self) -> Layer:
        def layer(t: float) -> Pose:
            return {"mouth_ooo": 0.5}

        return layer


@pytest.fixture
def manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager("kuchipaku")
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, "lipsync")
    manager.check_pending()
    return manager


def test_the_plugin_composes_the_three_tracks(manager: pluggy.PluginManager) -> None:
    speech = Speech(np.zeros(1600, np.float32), 16_000, (Phone("a", 0.0, 0.1),))
    (tracks,) = manager.hook.compose_cues(line=Line(0, "ah"), speech=speech, character=NOBODY, settings=USUAL)
    assert set(tracks) == {"mouth", "word", "gesture"}


def test_the_mouth_is_on_top_even_of_plugins_that_come_later(manager: pluggy.PluginManager) -> None:
    manager.register(Below(), "later")
    timeline = Timeline(1.0, {"mouth": (Cue(0.0, 1.0, "aa"),)})
    below, mouth = manager.hook.animate(timeline=timeline, character=NOBODY, settings=USUAL)[::-1]
    assert below(0.5) == {"mouth_ooo": 0.5}
    assert mouth(0.5)["=mouth_aaa"] > 0.8


def test_a_score_without_mouth_has_no_mouth_layer(manager: pluggy.PluginManager) -> None:
    assert manager.hook.animate(timeline=Timeline(1.0), character=NOBODY, settings=USUAL) == []


def test_the_settings_move_and_scale_the_mouth(manager: pluggy.PluginManager) -> None:
    settings = Settings(plugins={"lipsync": LipsyncSettings(strength=0.5, offset_ms=200)})
    timeline = Timeline(2.0, {"mouth": (Cue(1.0, 1.4, "aa"),)})
    (mouth,) = manager.hook.animate(timeline=timeline, character=NOBODY, settings=settings)
    assert mouth(0.97)["=mouth_aaa"] == pytest.approx(0.45)


def test_the_plugin_offers_the_loudness_aligner(manager: pluggy.PluginManager) -> None:
    offered: dict[str, Callable[[], Aligner]] = {}
    manager.hook.register_aligners(register=offered.__setitem__, settings=USUAL)
    (phone,) = offered["loudness"]().align(np.zeros(800, np.float32), 16_000, "", "en")
    assert phone.symbol == ""


@pytest.mark.parametrize("wrong", [{"strength": 2.0}, {"offset_ms": 900}, {"offset": 1}])
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        LipsyncSettings.model_validate(wrong)
