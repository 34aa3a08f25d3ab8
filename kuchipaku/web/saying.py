"""Speech for clients that play it themselves, such as SillyTavern's TTS providers; the character performs it meanwhile.

Such clients know nothing of performances: they ask for the sound of one message after another, and play them in that
order. So the lips begin when a file is ready to be sent, and a clip that comes while another is being said follows it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
from flask import Response

from kuchipaku.audio import encoded, endless_wav_head, format_of, pcm16, resampled
from kuchipaku.character import Character
from kuchipaku.director import Order
from kuchipaku.errors import BadRequest
from kuchipaku.script import Line, lines_of
from kuchipaku.services import Services
from kuchipaku.speech import Delivery, Speech
from kuchipaku.web.orders import character_of, checked_text
from kuchipaku.web.speaking import SPEAKING_AT_ONCE
from kuchipaku.web.streams import Seats
from kuchipaku.web.turns import Turns

STREAMS_AT_ONCE = 4
"""Answers that are sent while they are spoken; each holds a thread of the server."""
LINGER = 0.5
"""Seconds for which a performance waits for one more clip after the last has been said."""
MOST_AHEAD = 600.0
"""Seconds from now on in which a clip has to begin; one that would come later is not performed."""
TICK = 0.1
"""Seconds between two looks at whether it has waited long enough."""
STREAMED = ("wav", "pcm")
"""Formats of `kuchipaku.audio` that can be sent while they are made."""


@dataclass(frozen=True, slots=True)
class Part:
    """A text, and how it is to be spoken. Asterisks in it are dropped, and what they enclose is spoken."""

    text: str
    delivery: Delivery = field(default_factory=Delivery)
    """Its voice is an id, "engine/voice"; empty: the character's own."""


Said = tuple[Line, Speech]
"""A piece of sound with the line it speaks, whose text is empty where the piece only goes on with the one before."""


class Saying:
    """Files and streams of speech, and the performances that go with them. Any thread may ask."""

    def __init__(self, services: Services, *, perform: bool = True) -> None:
        """perform: whether the character moves its lips with what is said."""
        self._services, self._perform = services, perform
        self._turns = Turns(SPEAKING_AT_ONCE)
        self._streams = Seats(STREAMS_AT_ONCE, "audio streams", "close one, or ask for a file: mp3, flac or ogg")
        self._clips: dict[str, Clips] = {}
        self._changing = threading.Lock()

    def file(self, parts: Sequence[Part], audio_format: str, character: str = "") -> tuple[bytes, str]:
        """The whole sound as a file of a format of `kuchipaku.audio`, with its MIME type; the lips begin to move.

        character: who speaks; empty: the chosen one. Raises BadRequest, TooLarge, UnknownName, EngineUnavailable.
        """
        format_of(audio_format)
        who = character_of(self._services, character)
        self._check(parts, who)
        with self._turns.turn():
            said = list(self._said(parts, who))
            file = encoded(whole([speech for _, speech in said]), audio_format)
        if self._perform:
            self._show(who, said)
        return file

    def answer(self, parts: Sequence[Part], audio_format: str, character: str = "") -> Response:
        """The same, as a response."""
        body, mimetype = self.file(parts, audio_format, character)
        return Response(body, mimetype=mimetype, headers={"Cache-Control": "no-store"})

    def stream(self, parts: Sequence[Part], audio_format: str, character: str = "") -> Response:
        """The sound while it is being made, as `wav` or `pcm`; a stop ends it. Raises what `file` raises."""
        kind = format_of(audio_format)
        if audio_format not in STREAMED:
            raise BadRequest(f"{audio_format} cannot be streamed", hint=f"known: {', '.join(STREAMED)}")
        who = character_of(self._services, character)
        self._check(parts, who)
        said = self._said(parts, who)
        first = next(said, None)
        if first is None:
            raise _nothing_to_speak()
        rate = kind.rates[0] if kind.rates else first[1].rate
        head = endless_wav_head(rate) if audio_format == "wav" else b""
        return self._streams.stream(
            lambda: chain([head] if head else [], self._sent(chain([first], said), who, rate)), kind.mimetype
        )

    def _check(self, parts: Sequence[Part], who: Character) -> None:
        checked_text("".join(_plain(part.text) for part in parts), self._services.settings.limits.speech_chars)
        for part in parts:
            self._services.composer.check(who, part.delivery)

    def _said(self, parts: Sequence[Part], who: Character) -> Iterator[Said]:
        composer = self._services.composer
        for part in parts:
            for line in lines_of([_plain(part.text)]):
                felt = composer.felt(line)
                for number, take in enumerate(composer.takes(felt, who, part.delivery)):
                    yield (replace(felt, text="") if number else felt), take.speech

    def _sent(self, said: Iterator[Said], who: Character, rate: int) -> Iterator[bytes]:
        clips: Clips | None = None
        for piece in said:
            if self._perform and not (clips and clips.add([piece])):
                if clips and clips.stopped:
                    return
                clips = self._show(who, [piece])
            yield pcm16(resampled(piece[1], rate).samples)

    def _show(self, who: Character, said: Sequence[Said]) -> Clips:
        """Perform what was said: after what is being said, or at once."""
        with self._changing:
            clips = self._clips.get(who.name)
            if clips is None or not clips.add(said):
                clips = self._clips[who.name] = Clips()
                clips.add(said)
                order = Order(who, recording=clips.sound.pop)
                performance = self._services.director.perform(iter(clips), order)
                performance.cancel.on_cancel(clips.stop)
            return clips


class Clips:
    """What one performance is given to say, piece after piece; it ends when all has been said and no more has come."""

    def __init__(self) -> None:
        self.sound: dict[int, Speech] = {}
        """The sound of each line, by its number; whoever performs it takes it away."""
        self.stopped = False
        """Whether the performance was silenced before its end."""
        self._lines: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self._count, self._until = 0, 0.0
        self._ended = False
        self._lock = threading.Lock()

    def add(self, said: Sequence[Said]) -> bool:
        """Append pieces, but none that would begin after `MOST_AHEAD`. Whether there was still somebody to say them."""
        with self._lock:
            if self._ended:
                return False
            for line, speech in said:
                begin = max(self._until, now := time.monotonic())
                if begin - now > MOST_AHEAD:
                    break
                self._until = begin + speech.duration
                self.sound[self._count] = speech
                self._count += 1
                self._lines.put(line)
            return True

    def stop(self) -> None:
        """The performance is over, or was silenced."""
        with self._lock:
            self.stopped = self.stopped or not self._ended
            self._ended = True

    def __iter__(self) -> Iterator[Line]:
        """The lines as they come, to the end."""
        while not self._over():
            try:
                yield self._lines.get(timeout=TICK)
            except queue.Empty:
                continue

    def _over(self) -> bool:
        with self._lock:
            if self._lines.empty() and time.monotonic() > self._until + LINGER:
                self._ended = True
            return self._ended


def whole(pieces: Sequence[Speech]) -> Speech:
    """Pieces laid end to end, at the rate of the first. Raises BadRequest where there is none."""
    if not pieces:
        raise _nothing_to_speak()
    samples = [resampled(piece, pieces[0].rate).samples for piece in pieces]
    return Speech(np.concatenate(samples), pieces[0].rate)


def _plain(text: str) -> str:
    return text.replace("*", "")


def _nothing_to_speak() -> BadRequest:
    return BadRequest("there is nothing to speak in that text", hint="send words")
