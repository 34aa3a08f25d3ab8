"""Speech models, made once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.modules.stt.tiny_vosk import write_tiny_vosk
from tests.modules.stt.tiny_whisper import write_tiny_whisper


@pytest.fixture(scope="session")
def speech_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with a tiny Whisper that hears "hello world" and a tiny Vosk that hears loudness."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny_whisper(folder / "whisper" / "base.en")
    write_tiny_vosk(folder / "vosk" / "vosk-model-small-en-us-0.15")
    return folder
