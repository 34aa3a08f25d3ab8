"""The engine "edge": each line is sent to Microsoft's service, and comes back as MP3 with the times of its words."""

from __future__ import annotations

import asyncio
import io
import logging
import time
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import soundfile

from kuchipaku import Delivery, EngineUnavailable, Speech, UnknownName, VoiceInfo, Word
from kuchipaku.voices import ONLINE
from modules.edge_tts.catalogue import EdgeName, known, named, speaking
from modules.edge_tts.settings import EdgeSettings

log = logging.getLogger(__name__)

T = TypeVar("T")

TICK = 1e-7
"""Seconds in one unit of the service's times."""
USUAL_PITCH = 180.0
"""Hertz: the service takes a pitch as a difference in hertz, from about this in a speaking voice."""
REST = 30.0
"""Seconds for which a service that did not answer is not asked again."""


class EdgeVoice:
    """Edge's voices. Only the words of a line leave this machine, and only for a voice of this engine."""

    def __init__(self, settings: EdgeSettings) -> None:
        """Raises EngineUnavailable where the settings forbid the service, or its package is missing."""
        if not settings.online:
            raise EngineUnavailable("Edge's voices are switched off", hint="set plugins.edge_tts.online = true")
        try:
            import edge_tts  # noqa: F401
        except ImportError as error:
            hint = "pip install -r requirements-extras.txt"
            raise EngineUnavailable("the package edge-tts is not installed", hint=hint) from error
        self._settings = settings
        self._rests_until = float("-inf")

    def voices(self) -> Sequence[VoiceInfo]:
        """Those of the list that comes with the module; nobody is asked for it."""
        return [_info(voice) for voice in known().values()]

    def check(self, delivery: Delivery) -> None:
        """Raises UnknownName for what is no name of an Edge voice, or a language that none speaks."""
        self._chosen(delivery)

    def speak(self, text: str, delivery: Delivery) -> Iterator[Speech]:
        """The line in one piece. Raises EngineUnavailable where the service does not answer."""
        voice = self._chosen(delivery)
        if not any(letter.isalnum() for letter in text):
            return
        if time.monotonic() < self._rests_until:
            raise _silent("it did not answer a moment ago")
        try:
            mp3, words = _result_of(self._asked(text, voice, delivery))
        except Exception as error:
            raise self._failed(error) from error
        samples, rate = soundfile.read(io.BytesIO(mp3), dtype="float32", always_2d=True)
        yield Speech(np.ascontiguousarray(np.clip(samples[:, 0], -1.0, 1.0)), rate, words=_words(words))

    async def _asked(self, text: str, voice: EdgeName, delivery: Delivery) -> tuple[bytes, list[Any]]:
        from edge_tts import Communicate

        talk = Communicate(
            text,
            voice.full,
            rate=f"{round((delivery.speed - 1) * 100):+d}%",
            pitch=f"{round((delivery.pitch - 1) * USUAL_PITCH):+d}Hz",
            boundary="WordBoundary",
            connect_timeout=self._settings.timeout,
            receive_timeout=self._settings.timeout,
        )
        chunks = [chunk async for chunk in talk.stream()]
        sound = b"".join(chunk["data"] for chunk in chunks if chunk["type"] == "audio")
        return sound, [chunk for chunk in chunks if chunk["type"] == "WordBoundary"]

    def _failed(self, error: Exception) -> EngineUnavailable:
        """What to raise for an error of the service; after one of the network it rests."""
        import aiohttp

        from edge_tts.exceptions import EdgeTTSException

        if isinstance(error, OSError | TimeoutError | aiohttp.ClientError):
            self._rests_until = time.monotonic() + REST
        elif not isinstance(error, EdgeTTSException):
            log.error("edge-tts failed", exc_info=error)
        return _silent(str(error) or type(error).__name__)

    def _chosen(self, delivery: Delivery) -> EdgeName:
        usual = named(self._settings.voice) or EdgeName("en-US", "EmmaMultilingual", "female")
        if delivery.voice:
            chosen = named(delivery.voice)
        else:
            chosen = speaking(delivery.language, usual) if delivery.language else usual
        if chosen is None:
            wanted = delivery.voice or delivery.language
            raise UnknownName(f"Edge has no voice {wanted!r}", hint="a name such as en-US-AriaNeural: GET /api/voices")
        return chosen


def _result_of(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives, run on a thread of its own: the caller's may have an event loop already."""
    with ThreadPoolExecutor(1, thread_name_prefix="edge-tts") as thread:
        return thread.submit(asyncio.run, work).result()


def _info(voice: EdgeName) -> VoiceInfo:
    name = voice.name.replace("Multilingual", ", multilingual")
    return VoiceInfo(voice.short, voice.language, f"{name} (online, {voice.locale})", voice.gender, (ONLINE,))


def _words(boundaries: Sequence[Any]) -> tuple[Word, ...]:
    return tuple(
        Word(b["text"], b["offset"] * TICK, (b["offset"] + b["duration"]) * TICK)
        for b in sorted(boundaries, key=lambda boundary: boundary["offset"])
    )


def _silent(reason: str) -> EngineUnavailable:
    return EngineUnavailable(
        f"Microsoft's voice service does not answer: {reason}", hint="check the network, or choose another voice"
    )
