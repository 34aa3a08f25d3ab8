"""Settings of speech recognition: [plugins.stt] in the settings file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kuchipaku import Section


class SttSettings(Section):
    """Which models listen, and when somebody at the microphone has finished."""

    whisper_model: Path = Path("base.en")
    """Folder of a faster-whisper model, by its name in `whisper` of the folder of models, or by its path."""
    device: str = "cpu"
    """Where Whisper runs: "cpu" or "cuda"."""
    compute_type: str = "auto"
    """Numbers that Whisper reckons with: "auto", "int8", "float16", "float32"."""
    skip_silence: bool = True
    """Whether Whisper hears only where somebody speaks; else it makes up words for silence."""
    vosk_model: Path = Path("vosk-model-small-en-us-0.15")
    """Folder of a Vosk model, by its name in `vosk` of the folder of models, or by its path."""
    microphone: str = ""
    """Name of the server's microphone, or a part of it; empty: the system's choice."""
    loudness: float = Field(0.01, gt=0, le=1)
    """What counts as speech at the microphone: root mean square of a tenth of a second, 0 to 1."""
    pause: float = Field(1.0, ge=0.2, le=10)
    """Seconds of silence that end what is said."""
    patience: float = Field(10.0, ge=1, le=120)
    """Seconds that somebody is given to begin."""
    longest: float = Field(30.0, ge=1, le=600)
    """Seconds after which the microphone is shut in any case."""
