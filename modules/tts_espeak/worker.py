"""The child that holds espeak-ng 1.52: requests in on stdin, samples and timed events out on stdout.

It stands alone (standard library only, no import of ours), so that it starts in a few milliseconds:
`python -I -S worker.py LIBRARY DATA`. A request is one line of JSON, an answer one line of JSON and `bytes` bytes.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

WORD, PHONEME = 1, 7
_SYNCHRONOUS = 2
_PHONEME_EVENTS, _IN_IPA, _NEVER_EXIT = 1, 2, 1 << 15
_UTF8, _READ_MNEMONICS = 1, 0x100
_PARAMETERS = (1, 3, 4)  # rate, pitch, range of pitch
_BUFFER_MS = 400


class _Event(ctypes.Structure):
    _fields_ = (
        ("kind", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # in characters, from 1
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # milliseconds; `sample` is finer
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_ubyte * 8),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """The loaded C library. Raises OSError where it cannot be loaded."""

    def __init__(self, path: str, folder: str) -> None:
        self._sound = bytearray()
        self._events: list[list[Any]] = []
        self._delivery: tuple[str, list[int]] | None = None
        self._callback = _Callback(self._hear)  # kept: C holds only the bare pointer
        self._c = ctypes.CDLL(path)
        self._c.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        number, pointer = ctypes.c_uint, ctypes.c_void_p
        self._c.espeak_Synth.argtypes = [pointer, ctypes.c_size_t, number, number, number, number, pointer, pointer]
        options = _PHONEME_EVENTS | _IN_IPA | _NEVER_EXIT
        self.rate = int(self._c.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, os.fsencode(folder), options))
        if self.rate <= 0:
            raise OSError("espeak-ng found no data")
        self._c.espeak_SetSynthCallback(self._callback)

    def voices(self) -> list[dict[str, Any]]:
        """Every language voice: its name, its languages in order, and the path of its file."""
        listed = self._c.espeak_ListVoices(None)
        found: list[dict[str, Any]] = []
        while listed[len(found)]:
            found.append(_describe(listed[len(found)].contents))
        return found

    def say(self, text: str, voice: str, manner: list[int], mnemonics: bool) -> tuple[bytes, list[list[Any]]]:
        """Samples (int16) and events [kind, sample, character from 0, characters, name] of a text.

        `manner` is words a minute, pitch and range of pitch (0 to 100).
        """
        self._choose(voice, manner)
        self._sound.clear()
        self._events.clear()
        encoded = text.encode()
        flags = _UTF8 | (_READ_MNEMONICS if mnemonics else 0)
        _check(self._c.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, flags, None, None))
        return bytes(self._sound), self._events

    def _choose(self, voice: str, manner: list[int]) -> None:
        if self._delivery == (voice, manner):
            return
        self._delivery = None
        _check(self._c.espeak_SetVoiceByName(voice.encode()))
        for parameter, value in zip(_PARAMETERS, manner, strict=True):
            _check(self._c.espeak_SetParameter(parameter, value, 0))
        self._delivery = (voice, manner)

    def _hear(self, wave: int | None, count: int, events: Any) -> int:
        if wave and count:
            self._sound += ctypes.string_at(wave, count * 2)
        i = 0
        while events[i].kind:
            if events[i].kind in (WORD, PHONEME):
                self._events.append(_plain(events[i]))
            i += 1
        return 0


def _check(status: int) -> None:
    if status:
        raise OSError(f"espeak-ng failed with status {status}")


def _plain(event: Any) -> list[Any]:
    if event.kind == WORD:
        return [WORD, event.sample, event.text_position - 1, event.length, ""]
    name = bytes(event.name).split(b"\0")[0].decode(errors="ignore")
    return [PHONEME, event.sample, event.text_position - 1, 0, name]


def _describe(voice: Any) -> dict[str, Any]:
    languages = list(_languages(voice.languages))
    return {"label": voice.name.decode().strip(), "languages": languages, "path": voice.identifier.decode()}


def _languages(address: int) -> Iterator[str]:
    """Each entry is a priority byte and a C string; a zero byte ends the list."""
    while ctypes.string_at(address, 1) != b"\0":
        name = ctypes.string_at(address + 1)
        yield name.decode().lower()
        address += len(name) + 2


def _answer(engine: Espeak, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if not request:
        return {"voices": engine.voices(), "rate": engine.rate}, b""
    try:
        sound, events = engine.say(**request)
    except OSError as error:
        return {"error": str(error)}, b""
    return {"events": events}, sound


def serve(engine: Espeak, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until `requests` ends: {} lists the voices, anything else is spoken."""
    for line in requests:
        head, sound = _answer(engine, json.loads(line))
        answers.write(json.dumps(head | {"bytes": len(sound)}).encode() + b"\n" + sound)
        answers.flush()


def main() -> None:
    """Serve on stdin and stdout. Why it cannot start is told on stderr; what the C library prints later, nowhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes our stdin
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    engine = Espeak(sys.argv[1], sys.argv[2])
    os.dup2(nowhere := os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(nowhere, 2)  # nobody reads it from here on: a full pipe would hold us up
    serve(engine, sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
