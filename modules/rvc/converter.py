"""A server that converts voices: its API, and its faults in words for the person who meets them."""

from __future__ import annotations

import base64
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from kuchipaku import EngineUnavailable, UnknownName
from modules.rvc.settings import RvcSettings

PITCH_METHODS = {"torchcrepe": "crepe", "dio": "harvest"}
"""What SillyTavern's extension calls methods that the server calls otherwise, or has something close to."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a voice is to be changed."""

    model: str
    pitch_method: str = "rmvpe"
    """How the pitch is found: "rmvpe", "crepe", "harvest" or "pm"."""
    semitones: int = 0
    index_rate: float = 0.5
    """How much of the model's own timbre is looked up, 0 to 1."""
    filter_radius: int = 3
    """Frames of the median filter over the pitch, 0 to 7."""
    rms_mix_rate: float = 0.25
    """Whose loudness it has, 0: the recording's, 1: the model's."""
    protect: float = 0.33
    """How far breath and voiceless consonants are left alone, 0 (most) to 0.5 (not at all)."""

    def params(self) -> dict[str, Any]:
        """As the server names them."""
        return {
            "f0method": PITCH_METHODS.get(self.pitch_method, self.pitch_method),
            "f0up_key": self.semitones,
            "index_rate": self.index_rate,
            "filter_radius": self.filter_radius,
            "rms_mix_rate": self.rms_mix_rate,
            "protect": self.protect,
        }


class Converter:
    """The server of the settings. Every method raises EngineUnavailable where it is down, slow, or refuses."""

    def __init__(self, settings: RvcSettings) -> None:
        self._settings = settings
        timeout = httpx.Timeout(settings.timeout, connect=min(5.0, settings.timeout))
        self._client = httpx.Client(base_url=settings.url, timeout=timeout, trust_env=False)
        self._lock = threading.Lock()  # the server keeps one model and one set of parameters for everybody

    def models(self) -> Sequence[str]:
        """The names of its voices."""
        try:
            return sorted(str(name) for name in self._send("GET", "/models").json()["models"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._nonsense() from error

    def convert(self, audio: bytes, conversion: Conversion) -> bytes:
        """A recording in the other voice, as WAV. Raises UnknownName for a model that is not there."""
        known = self.models()
        if conversion.model not in known:
            raise UnknownName(
                f"no voice model is called {conversion.model!r}", hint=f"known: {', '.join(known) or 'none yet'}"
            )
        with self._lock:
            self._send("POST", f"/models/{quote(conversion.model, safe='')}")
            self._send("POST", "/params", json={"params": conversion.params()})
            wav = self._send("POST", "/convert", json={"audio_data": base64.b64encode(audio).decode()}).content
        if not wav.startswith(b"RIFF"):
            raise self._nonsense()
        return wav

    def upload(self, archive: bytes) -> None:
        """Hand over a zip archive with a folder for each model."""
        self._send("POST", "/upload_model", files={"file": ("models.zip", archive, "application/zip")})

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            response = self._client.request(method, path, **content)
        except httpx.TimeoutException as error:
            raise EngineUnavailable(
                f"the voice conversion server was silent for {self._settings.timeout:g} seconds",
                hint="try a shorter recording, or raise plugins.rvc.timeout",
            ) from error
        except httpx.HTTPError as error:
            raise EngineUnavailable(
                f"no voice conversion server answers at {self._settings.url}",
                hint="start it with `python -m rvc_python api` and set plugins.rvc.url",
            ) from error
        if response.is_error:
            said = " ".join(response.text[:200].split())
            raise EngineUnavailable(
                f"the voice conversion server refuses ({response.status_code}): {said}", hint="see its own log"
            )
        return response

    def _nonsense(self) -> EngineUnavailable:
        return EngineUnavailable(
            "the voice conversion server's answer cannot be read", hint="check plugins.rvc.url and the server's log"
        )


def not_installed() -> EngineUnavailable:
    """There is no server in the settings."""
    return EngineUnavailable(
        "no engine for voice conversion is installed",
        hint="pip install rvc-python in an environment of its own, start `python -m rvc_python api -p 5050` "
        "and set plugins.rvc.url = http://127.0.0.1:5050",
    )
