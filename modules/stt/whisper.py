"""Whisper by faster-whisper, with weights that are on this machine; nothing is downloaded."""

from __future__ import annotations

from pathlib import Path

from kuchipaku import BadRequest, EngineUnavailable, Samples
from modules.stt.published import SIZES
from modules.stt.recogniser import INSTALL
from modules.stt.settings import SttSettings

FILES = ("model.bin", "config.json", "tokenizer.json")
"""What a folder must hold: faster-whisper would look for a missing word list on the network."""


class Whisper:
    """A recogniser."""

    def __init__(self, folder: Path, settings: SttSettings) -> None:
        """Raises EngineUnavailable where the package or the weights are missing."""
        if missing := [name for name in FILES if not (folder / name).is_file()]:
            raise EngineUnavailable(f"Whisper's {missing[0]} is not in {folder}", hint=_mend(folder))
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise EngineUnavailable("faster-whisper is not installed", hint=INSTALL) from error
        self._model = WhisperModel(
            str(folder), device=settings.device, compute_type=settings.compute_type, local_files_only=True
        )
        self._skip_silence = settings.skip_silence

    def transcript(self, samples: Samples, language: str) -> str:
        """See `Recogniser`; a model for English only refuses other languages."""
        known = self._model.supported_languages
        if language and language not in known:
            raise BadRequest(
                f"this Whisper does not know the language {language!r}",
                hint=f"known: {', '.join(sorted(known))}; plugins.stt.whisper_model chooses another model",
            )
        segments, _ = self._model.transcribe(
            samples, language=language or None, vad_filter=self._skip_silence, condition_on_previous_text=False
        )
        return " ".join("".join(segment.text for segment in segments).split())


def _mend(folder: Path) -> str:
    if folder.name in SIZES:
        return f"python -m kuchipaku models fetch whisper-{folder.name}"
    return "set plugins.stt.whisper_model to the folder of a faster-whisper model"
