"""espeak-ng in a child process: one sentence at a time, and a crash of the C code costs one sentence."""

from __future__ import annotations

import atexit
import json
import logging
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, cast

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

from kuchipaku import EngineUnavailable

log = logging.getLogger(__name__)

WORD, PHONEME = 1, 7
"""The kinds of event."""

_PATIENCE = 10.0  # seconds for one request; a piece of text takes milliseconds
_REINSTALL = "pip install --force-reinstall espeakng-loader"


class EngineDied(EngineUnavailable):
    """The child ended, or hung and was ended, over one text; the next call starts another."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that begins `time` seconds into the audio."""

    kind: int
    """WORD or PHONEME."""
    time: float
    position: int = 0
    """The character of the text it belongs to, from 0; exact for WORD only."""
    length: int = 0
    """Characters of the word; 0 for a phoneme."""
    name: str = ""
    """IPA with stress marks, "" for a pause, "(en)" where another language begins; empty for a word."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the engine made of one text."""

    samples: NDArray[np.int16]
    """Mono (n,)."""
    rate: int
    """Samples a second."""
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How the engine is to speak."""

    words: int = 175
    """Words a minute, 80 to 449: from 450 on the engine squeezes the audio, and its event times no longer fit."""
    pitch: int = 50
    """0 to 100; the lowest note of a voice goes by 2 ** (pitch / 50)."""
    spread: int = 50
    """0 to 100: how far the voice rises above its lowest note; 0 is monotone."""


USUAL = Manner()


@dataclass(frozen=True, slots=True)
class EngineVoice:
    """One language of the engine."""

    label: str
    """What a person reads: "German"."""
    languages: tuple[str, ...]
    """BCP 47 in lower case: its own first, then those it can stand in for."""
    path: str
    """Its file in the engine's folder of languages: "gmw/de"."""

    @property
    def key(self) -> str:
        """What `Engine.say` takes."""
        return self.path.rsplit("/", 1)[-1]


class Engine:
    """A child that speaks, started by the first request. Every method may be called from any thread.

    The C library has one global state and aborts when two threads are in it, and some texts overflow its buffers:
    so it lives in a process of its own, and a lock lets one request at a time through the pipe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._rate = 0

    def voices(self) -> tuple[EngineVoice, ...]:
        """Every language it has, in its own order. Raises EngineUnavailable when it cannot start."""
        head, _ = self._ask({})
        return tuple(EngineVoice(v["label"], tuple(v["languages"]), v["path"]) for v in head["voices"])

    def say(self, text: str, voice: str, manner: Manner = USUAL, *, mnemonics: bool = False) -> Utterance:
        """`text` by `voice` ("de", "en-US+f3").

        `text` has no control characters and no lone surrogates. With `mnemonics`, parts in [[ ]] are read as the
        engine's own phoneme names. Raises EngineDied where the text breaks it, EngineUnavailable for other failures.
        """
        if not self._rate:
            self._rate = self._ask({})[0]["rate"]
        request = {"text": text, "voice": voice, "manner": astuple(manner), "mnemonics": mnemonics}
        head, sound = self._ask(request)
        events = (Event(kind, sample / self._rate, *rest) for kind, sample, *rest in head["events"])
        return Utterance(np.frombuffer(sound, dtype=np.int16), self._rate, tuple(events))

    def close(self) -> None:
        """End the child; a later call starts another."""
        with self._lock:
            self._end()

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            if self._child is not None and self._child.poll() is not None:
                self._end()  # it died idle, which is no fault of this text
            if self._child is None:
                self._child = _start()
            head, sound = self._exchange(self._child, request)
        if "error" in head:
            raise EngineUnavailable(head["error"], hint=_REINSTALL)
        return head, sound

    def _exchange(self, child: subprocess.Popen[bytes], request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        assert child.stdin is not None
        assert child.stdout is not None
        watchdog = threading.Timer(_PATIENCE, child.kill)
        watchdog.start()
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            head = json.loads(child.stdout.readline())
            sound = child.stdout.read(head["bytes"])
            if len(sound) != head["bytes"]:
                raise OSError("the answer is cut short")
            return head, sound
        except (OSError, ValueError) as error:
            reason = self._end()
            if not request:
                raise EngineUnavailable(f"espeak-ng cannot be loaded: {reason}", hint=_REINSTALL) from error
            log.warning("espeak-ng died on a text of %d characters", len(request["text"]))
            raise EngineDied("espeak-ng broke on this text", hint="shorter sentences may pass") from error
        finally:
            watchdog.cancel()

    def _end(self) -> str:
        """End the child; the last line it complained with. No threads here: at exit none can be started."""
        child, self._child = self._child, None
        if child is None:
            return ""
        assert child.stderr is not None
        child.kill()
        complaint = child.stderr.read().decode(errors="replace").strip()
        for pipe in (child.stdin, child.stdout, child.stderr):
            with suppress(OSError):  # a request that was never taken
                cast(IO[bytes], pipe).close()
        child.wait()
        return complaint.rpartition("\n")[2] or "it gave no reason"


@cache
def shared() -> Engine:
    """The one engine of this program; its child ends with the program."""
    engine = Engine()
    atexit.register(engine.close)
    return engine


def _start() -> subprocess.Popen[bytes]:
    worker = str(Path(__file__).with_name("worker.py"))
    paths = [espeakng_loader.get_library_path(), espeakng_loader.get_data_path()]
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", worker, *paths],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
    except OSError as error:
        raise EngineUnavailable("espeak-ng cannot be started", hint=_REINSTALL) from error
