"""Vosk: Kaldi's recogniser, small and fast. A model is of one language, whatever is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kuchipaku import EngineUnavailable, Samples
from modules.stt.recogniser import INSTALL, RATE

PIECE = RATE // 4
"""Samples that are handed over at once; what is said is looked for after each."""


class Vosk:
    """A recogniser."""

    def __init__(self, folder: Path) -> None:
        """Raises EngineUnavailable where the package or the model is missing."""
        if not folder.is_dir():
            raise EngineUnavailable(
                f"there is no Vosk model in {folder}",
                hint=f"unpack one of https://alphacephei.com/vosk/models into {folder.parent}, "
                "and name its folder in plugins.stt.vosk_model",
            )
        try:
            import vosk
        except ImportError as error:
            raise EngineUnavailable("vosk is not installed", hint=INSTALL) from error
        vosk.SetLogLevel(-1)
        self._vosk, self._model = vosk, vosk.Model(str(folder))

    def transcript(self, samples: Samples, language: str) -> str:
        """See `Recogniser`."""
        return " ".join(text for text in self._texts(samples) if text)

    def _texts(self, samples: Samples) -> Iterator[str]:
        pcm = (samples * 32767).astype(np.int16)
        recogniser = self._vosk.KaldiRecognizer(self._model, RATE)
        for start in range(0, len(pcm), PIECE):
            if recogniser.AcceptWaveform(pcm[start : start + PIECE].tobytes()):
                yield json.loads(recogniser.Result())["text"]
        yield json.loads(recogniser.FinalResult())["text"]
