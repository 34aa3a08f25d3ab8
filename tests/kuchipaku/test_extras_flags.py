"""Start scripts that were written for SillyTavern-Extras."""

from __future__ import annotations

import pytest

import modules.talkinghead
from kuchipaku.cli import parse_flags
from kuchipaku.extras_flags import IDLE_SWITCHES, IDLE_VALUES, VALUES


@pytest.mark.parametrize("flag", VALUES)
def test_a_flag_with_a_value_is_a_plugins_setting(flag: str) -> None:
    plugin, key = VALUES[flag]
    assert parse_flags([f"{flag}=x"])[1]["plugins"] == {plugin: {key: "x"}}


def test_every_flag_names_a_setting_that_there_is() -> None:
    from importlib import import_module

    for plugin, key in VALUES.values():
        assert key in import_module(f"modules.{plugin}").settings_model().model_fields
    assert "device" in modules.talkinghead.settings_model().model_fields


@pytest.mark.parametrize(("flag", "device"), [("--cpu", "cpu"), ("--cuda", "cuda"), ("--talkinghead-gpu", "cuda")])
def test_a_device_is_the_talking_heads(flag: str, device: str) -> None:
    assert parse_flags([flag])[1]["plugins"] == {"talkinghead": {"device": device}}


@pytest.mark.parametrize(
    ("flags", "url"),
    [
        (["--sd-remote-port=7861"], "http://127.0.0.1:7861"),
        (["--sd-remote-host", "sd.lan", "--sd-remote-ssl"], "https://sd.lan:7860"),
    ],
)
def test_the_parts_of_a_remote_painter_are_one_address(flags: list[str], url: str) -> None:
    assert parse_flags(flags)[1]["plugins"] == {"sd": {"url": url}}


def test_what_has_no_effect_is_taken_and_named(caplog: pytest.LogCaptureFixture) -> None:
    flags = [*IDLE_SWITCHES, *(f"{flag}=x" for flag in IDLE_VALUES)]
    assert "plugins" not in parse_flags(flags)[1]
    assert [record.args for record in caplog.records] == [(flag,) for flag in (*IDLE_VALUES, *IDLE_SWITCHES)]


def test_the_extras_own_flags_are_the_servers() -> None:
    flags = ["--listen", "--max-content-length=1", "--enable-modules=tts,classify", "--port", "0", "--secure"]
    assert parse_flags(flags)[1] == {
        "server": {"port": 0, "secure": True, "host": "0.0.0.0"},
        "limits": {"upload_mb": 1},
        "modules": ["tts", "classify"],
    }
    assert parse_flags(["--enable-modules="])[1] == {"modules": []}
