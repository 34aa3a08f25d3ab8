"""The flags of SillyTavern-Extras, so that a start script that was written for it still starts this server."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from typing import Any

log = logging.getLogger(__name__)

VALUES: Mapping[str, tuple[str, str]] = {
    "--summarization-model": ("summarize", "model"),
    "--classification-model": ("emotion", "transformers_model"),
    "--captioning-model": ("caption", "model"),
    "--embedding-model": ("embeddings", "model"),
    "--chroma-folder": ("chromadb_store", "folder"),
    "--talkinghead-model": ("talkinghead", "variant"),
    "--stt-whisper-model-path": ("stt", "whisper_model"),
    "--stt-vosk-model-path": ("stt", "vosk_model"),
}
"""Flags with a value, and the plugin's setting that each one is."""
DEVICES: Mapping[str, str] = {"--cpu": "cpu", "--cuda": "cuda", "--talkinghead-gpu": "cuda"}
"""Flags that say where the talking head runs."""
SD = ("--sd-remote-host", "--sd-remote-port", "--sd-remote-ssl")
IDLE_VALUES = (
    "--cuda-device", "--talkinghead-models", "--chroma-host", "--chroma-port", "--coqui-models", "--sd-model",
    "--sd-remote-auth", "--rvc-save-file",
)  # fmt: skip
IDLE_SWITCHES = (
    "--mps", "--apple", "--m1", "--m2", "--coqui-gpu", "--sd-cpu", "--sd-remote", "--chroma-persist",
    "--no-chroma-persist",
)  # fmt: skip
"""Flags that are taken, and change nothing here."""


def add_extras_flags(parser: argparse.ArgumentParser) -> None:
    """Add them as a group; most are not shown in the help."""
    group = parser.add_argument_group("flags of SillyTavern-Extras", "docs/extras.md lists all that are understood")
    for flag, (plugin, key) in VALUES.items():
        group.add_argument(flag, metavar="VALUE", help=f"{key} in [plugins.{plugin}]")
    for flag in (*DEVICES, "--sd-remote-ssl", *IDLE_SWITCHES):
        group.add_argument(flag, action="store_true", help=argparse.SUPPRESS)
    for flag in ("--sd-remote-host", "--sd-remote-port", *IDLE_VALUES):
        group.add_argument(flag, help=argparse.SUPPRESS)


def extras_tables(given: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """The settings of plugins that the flags stand for; a flag without effect is named in the log."""
    tables: dict[str, dict[str, Any]] = {}
    for flag, (plugin, key) in VALUES.items():
        if (value := _value(given, flag)) is not None:
            tables.setdefault(plugin, {})[key] = value
    for flag, device in DEVICES.items():
        if _value(given, flag):
            tables.setdefault("talkinghead", {})["device"] = device
    if any(_value(given, flag) for flag in SD):
        tables["sd"] = {"url": _sd_url(given)}
    for flag in (*IDLE_VALUES, *IDLE_SWITCHES):
        if _value(given, flag):
            log.warning("%s has no effect here: docs/extras.md", flag)
    return tables


def _sd_url(given: argparse.Namespace) -> str:
    scheme = "https" if given.sd_remote_ssl else "http"
    return f"{scheme}://{given.sd_remote_host or '127.0.0.1'}:{given.sd_remote_port or 7860}"


def _value(given: argparse.Namespace, flag: str) -> Any:
    return getattr(given, flag.removeprefix("--").replace("-", "_"))
