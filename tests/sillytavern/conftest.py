"""Both clients, who answers in them, our server with and without a key, and the browser; each is started once."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.serving import ROOT, free_port, running_server
from tests.sillytavern.client import NEWEST, WITH_TALKINGHEAD, running_client
from tests.sillytavern.llm import REPLY, StandIn, running_llm

KEY = "open sesame"
Ports = dict[str, int]


@pytest.fixture(scope="package")
def llm() -> Iterator[StandIn]:
    """The language model behind both clients."""
    with running_llm() as server:
        yield server


@pytest.fixture
def reply(llm: StandIn) -> StandIn:
    """The language model, whose reply a test may change for itself."""
    llm.reply, llm.pause = REPLY, 0.05
    return llm


@pytest.fixture(scope="package")
def ports() -> Ports:
    """The clients' ports by release; the server must know them before they start."""
    return {version: free_port() for version in (NEWEST, WITH_TALKINGHEAD)}


@pytest.fixture(scope="package")
def settings_file(tmp_path_factory: pytest.TempPathFactory, ports: Ports) -> str:
    """Server settings that let pages of the clients in, wherever they are served."""
    file = tmp_path_factory.mktemp("settings") / "settings.toml"
    origins = [f"http://127.0.0.1:{port}" for port in ports.values()]
    file.write_text(f"[server]\ncors_origins = {json.dumps(origins)}\n")
    return str(file)


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, settings_file: str) -> Iterator[str]:
    """The address of our server, with a slash at its end."""
    with running_server(tmp_path_factory.mktemp("server"), "--settings", settings_file) as address:
        yield address


@pytest.fixture(scope="package")
def secure_server(tmp_path_factory: pytest.TempPathFactory, settings_file: str) -> Iterator[str]:
    """The address of one that wants `KEY`."""
    folder = tmp_path_factory.mktemp("secure")
    (folder / "key.txt").write_text(f"{KEY}\n")
    flags = ("--settings", settings_file, "--secure", "--api-key-file", str(folder / "key.txt"))
    with running_server(folder, *flags) as address:
        yield address


@pytest.fixture(scope="package")
def speech_settings(server: str) -> dict[str, Any]:
    """The clients' TTS, switched off, with a voice of the server for whoever speaks, by each provider."""
    with urllib.request.urlopen(f"{server}api/tts/speakers", timeout=30) as answer:
        silero = next(voice["name"] for voice in json.load(answer) if voice["voice_id"].startswith("espeak/en"))
    with urllib.request.urlopen(f"{server}alltalk/api/voices", timeout=30) as answer:
        alltalk = next(voice for voice in json.load(answer)["voices"] if voice.startswith("espeak/en"))
    return {
        "enabled": False,
        "currentProvider": "Silero",
        "auto_generation": True,
        "Silero": {"provider_endpoint": f"{server}api/tts", "voiceMap": spoken_by(silero)},
        "AllTalk": {"provider_endpoint": f"{server}alltalk", "voiceMap": spoken_by(alltalk)},
        "OpenAI Compatible": {
            "provider_endpoint": f"{server}v1/audio/speech",
            "available_voices": ["alloy"],
            "voiceMap": spoken_by("alloy"),
        },
    }


def spoken_by(voice: str) -> dict[str, str]:
    """Who has which voice: everybody this one."""
    return dict.fromkeys(("[Default Voice]", "Sumire", "Akane"), voice)


@pytest.fixture(scope="package")
def newest(
    tmp_path_factory: pytest.TempPathFactory, llm: StandIn, ports: Ports, speech_settings: dict[str, Any]
) -> Iterator[str]:
    """The address of the newest client, with our extension."""
    settings: dict[str, Any] = {"tts": speech_settings, "expressions": {"api": 1, "showDefault": True}}
    settings |= {"kuchipaku": {"enabled": False}}
    folder, port = tmp_path_factory.mktemp("newest"), ports[NEWEST]
    extension = ROOT / "extension"
    with running_client(NEWEST, folder, llm=llm.url, extension=extension, settings=settings, port=port) as address:
        yield address


@pytest.fixture(scope="package")
def legacy(
    tmp_path_factory: pytest.TempPathFactory, llm: StandIn, ports: Ports, server: str, speech_settings: dict[str, Any]
) -> Iterator[str]:
    """The address of the last client with a talking head of its own, connected to our server as it starts."""
    settings: dict[str, Any] = {
        "tts": speech_settings,
        "expressions": {"api": 1, "showDefault": True, "talkinghead": False},
    }
    settings |= {"apiUrl": server.rstrip("/"), "autoConnect": True}
    folder, port = tmp_path_factory.mktemp("legacy"), ports[WITH_TALKINGHEAD]
    with running_client(WITH_TALKINGHEAD, folder, llm=llm.url, settings=settings, port=port) as address:
        yield address
