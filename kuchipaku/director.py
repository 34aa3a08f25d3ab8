"""The main job: one text becomes events, in speaking order, and a face that performs them."""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from kuchipaku.audio import wav_of
from kuchipaku.cancel import CancelToken
from kuchipaku.character import Character
from kuchipaku.composer import Composer, Take
from kuchipaku.conversation import Conversations
from kuchipaku.errors import EngineUnavailable, KuchipakuError, PluginError
from kuchipaku.llm import LanguageModel
from kuchipaku.manuscript import Manuscript
from kuchipaku.metrics import Metrics
from kuchipaku.performance import Performance, Reason
from kuchipaku.performer import Performer
from kuchipaku.plugins import Plugins
from kuchipaku.prompt import messages_for
from kuchipaku.registry import Registry
from kuchipaku.script import Line, lines_of
from kuchipaku.settings import Settings
from kuchipaku.shelf import Shelf
from kuchipaku.speech import Delivery, Speech
from kuchipaku.stage import Stage

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """What a client asks to be performed."""

    character: Character
    delivery: Delivery = field(default_factory=Delivery)
    conversation: str = ""
    player: bool = False
    """Whether the client plays the audio itself and reports when it sounds."""
    recording: Callable[[int], Speech] | None = None
    """The sound of each line, by its number, where the client brought it: no voice is asked. Asked once a line."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A performance, what was asked for, and who performs it."""

    performance: Performance
    order: Order
    performer: Performer


class Director:
    """Runs performances, one at a time for each character: a new one cancels the old one."""

    def __init__(
        self,
        settings: Settings,
        plugins: Plugins,
        llms: Registry[LanguageModel],
        composer: Composer,
        stage: Stage,
        metrics: Metrics,
    ) -> None:
        self._settings, self._plugins, self._llms = settings, plugins, llms
        self._composer, self._stage, self._metrics = composer, stage, metrics
        limits = settings.limits
        age = limits.keep_minutes * 60
        self.audio: Shelf[bytes] = Shelf(limits.audio_mb * 1e6, age, weigh=len)
        self.performances: Shelf[Performance] = Shelf(limits.performances, age)
        self.conversations = Conversations(limits.performances, age)
        self._jobs: dict[str, _Job] = {}
        self._generation = 0
        self._lock = threading.Lock()

    def chat(self, text: str, order: Order) -> Performance:
        """Answer `text` and perform the reply. Raises EngineUnavailable if no language model is there."""
        _, model = self._llms.first(self._settings.reply.llms)
        conversation = order.conversation or uuid.uuid4().hex
        job = self._begin(replace(order, conversation=conversation))
        cancel = job.performance.cancel
        lines = self.reply(text, order.character, conversation, model, cancel)
        return self._start(job, _not_mute(lines, cancel))

    def perform(self, lines: Iterator[Line], order: Order) -> Performance:
        """Perform lines that are known already."""
        return self._start(self._begin(order), lines)

    def recite(self, manuscript: Manuscript, order: Order) -> Performance:
        """Perform a text while it is being written."""
        job = self._begin(order)
        job.performance.manuscript = manuscript
        job.performance.cancel.on_cancel(manuscript.close)
        return self._start(job, lines_of(manuscript))

    def reply(
        self, text: str, character: Character, conversation: str, model: LanguageModel, cancel: CancelToken
    ) -> Iterator[Line]:
        """The lines of a language model's answer; what it wrote is kept in the conversation, however it ends."""
        history = self.conversations.history(conversation)
        turn = self.conversations.begin(conversation, text)
        messages = messages_for(text, character, history, self._settings.reply.turns)
        lines = lines_of(_noted(model.reply(messages, cancel), turn.answered))
        yield from self._adjusted(lines, character)

    def stop(self, character: str | None = None) -> int:
        """Silence one character, or all. The generation from which on nothing old is shown or heard."""
        with self._lock:
            self._generation += 1
            generation = self._generation
            jobs = [job for name, job in self._jobs.items() if character in (None, name)]
        for job in jobs:
            job.performance.cancel.cancel()
            if job.performer.score.performance:
                job.performer.hush(generation)
                self._stage.tell(job.performance.character, "stop", generation)
            _end(job, "stopped")
        return generation

    def forget(self, character: str) -> None:
        """A character is gone: silence it, and let go of all that was kept for it."""
        self.stop(character)
        with self._lock:
            self._jobs.pop(character, None)
        self._stage.forget(character)

    def keep_audio(self, wav: bytes) -> str:
        """Store a WAV for a while; its URL, relative to the server's root."""
        name = uuid.uuid4().hex
        self.audio.put(name, wav)
        return f"api/audio/{name}.wav"

    def _begin(self, order: Order) -> _Job:
        name = order.character.name
        performer = self._stage.performer_of(order.character)
        with self._lock:
            self._generation += 1
            performance = Performance(uuid.uuid4().hex, name, self._generation, conversation=order.conversation)
            old = self._jobs.get(name)
            job = self._jobs[name] = _Job(performance, order, performer)
            performer.begin(performance.name, performance.generation)
        if old:
            _end(old, "stopped")
        self.performances.put(performance.name, performance)
        self._stage.tell(name, "performance", performance.generation, performance=performance.name)
        return job

    def _start(self, job: _Job, lines: Iterator[Line]) -> Performance:
        name = f"director-{job.performance.name[:6]}"
        threading.Thread(target=self._run, args=(job, lines), name=name, daemon=True).start()
        return job.performance

    def _run(self, job: _Job, lines: Iterator[Line]) -> None:
        reason: Reason = "complete"
        try:
            self._speak_all(job, lines)
        except KuchipakuError as error:
            reason = "failed"
            job.performance.fail(error)
        except Exception:
            log.exception("performance %s failed", job.performance.name)
            reason = "failed"
            job.performance.fail(KuchipakuError("internal error", hint="the server's log has the details"))
        job.performer.complete(job.performance.name)
        _end(job, "stopped" if job.performance.cancel.cancelled else reason)

    def _adjusted(self, lines: Iterator[Line], character: Character) -> Iterator[Line]:
        for _, adjust in self._plugins.callers("adjust_reply"):
            source = _Source(lines)
            adjusted = adjust(lines=source, character=character, settings=self._settings)
            lines = source if adjusted is None else _or_rest(adjusted, source)
        return lines

    def _speak_all(self, job: _Job, lines: Iterator[Line]) -> None:
        began = time.monotonic()
        told = self._told(job.performance, lines, began)
        for line in ahead(told, self._settings.speech.lines_ahead, job.performance.cancel):
            self._speak(job, line, began)

    def _told(self, performance: Performance, lines: Iterator[Line], began: float) -> Iterator[Line]:
        """The lines with their emotions, each told to the followers as soon as it is known."""
        for n, line in enumerate(lines):
            felt = self._composer.felt(replace(line, n=n))
            if n == 0:
                self._metrics.first_line.observe(time.monotonic() - began)
            performance.tell("line", n=n, text=felt.text, emotion=felt.emotion, strength=round(felt.strength, 3))
            yield felt

    def _speak(self, job: _Job, line: Line, began: float) -> None:
        performance = job.performance
        for number, take in enumerate(self._takes(line, job.order)):
            start = job.performer.add(performance.name, take.timeline, take.speech, player=job.order.player)
            if start is None or performance.cancel.cancelled:
                return
            if performance.duration == 0.0:
                self._metrics.first_audio.observe(time.monotonic() - began)
            performance.duration = start + take.speech.duration
            where = {"n": line.n, "piece": number, "start": round(start, 4)}
            url = self.keep_audio(wav_of(take.speech))
            performance.tell(
                "speech", **where, audio_url=url, duration=round(take.speech.duration, 4), timing=take.speech.timing
            )
            performance.tell("timeline", **where, **take.timeline.to_json())
            self._pace(job)

    def _takes(self, line: Line, order: Order) -> Iterator[Take]:
        if order.recording:
            return iter([self._composer.heard(line, order.recording(line.n), order.character, order.delivery)])
        return self._composer.takes(line, order.character, order.delivery)

    def _pace(self, job: _Job) -> None:
        """Wait while enough is ready, so that a long text costs neither memory nor work that a stop would waste."""
        cancel, performer = job.performance.cancel, job.performer
        while not cancel.cancelled and performer.score.performance == job.performance.name:
            lead = performer.score.end - (performer.media_time() or 0.0)
            if lead <= self._settings.speech.seconds_ahead:
                return
            cancel.wait(min(1.0, lead - self._settings.speech.seconds_ahead))


def _end(job: _Job, reason: Reason) -> None:
    """Tell the end, once, and let every thread that still works for it go."""
    job.performance.tell("done", reason=reason, duration=round(job.performance.duration, 4))
    job.performance.cancel.cancel()


def _not_mute(lines: Iterator[Line], cancel: CancelToken) -> Iterator[Line]:
    """The lines of a reply. Raises EngineUnavailable where there is none, so that nobody waits for a silent answer."""
    first = next(lines, None)
    if first is not None:
        yield first
        yield from lines
    elif not cancel.cancelled:
        raise EngineUnavailable("the language model gave nothing to speak", hint="ask again, in other words")


class _Source:
    """The lines handed to a plugin. `error` is what they raised of themselves, which is not the plugin's fault."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        try:
            return next(self._lines)
        except StopIteration:
            raise
        except Exception as error:
            self.error = error
            raise


def _or_rest(adjusted: Iterator[Line], source: _Source) -> Iterator[Line]:
    """A plugin's lines; where it fails midway, the rest of the reply as it is."""
    try:
        for line in adjusted:
            if not isinstance(line, Line):
                raise PluginError(f"adjust_reply gave {line!r}, which is no Line")
            yield line
    except Exception as error:
        if error is source.error:
            raise
        log.exception("a plugin failed in adjust_reply; the rest is spoken as it is")
        yield from source


def _noted(pieces: Iterator[str], said: list[str]) -> Iterator[str]:
    for piece in pieces:
        said.append(piece)
        yield piece


class _End:
    """Says that nothing more comes, and why, if it was an error."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def ahead(items: Iterator[T], room: int, cancel: CancelToken) -> Iterator[T]:
    """`items`, worked out up to `room` ahead on a thread of their own. Ends at once when cancelled."""
    box: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
    places = threading.Semaphore(room)

    def give_way() -> None:
        box.put(_End())
        places.release()

    cancel.on_cancel(give_way)
    threading.Thread(target=_fill, args=(items, box.put, places, cancel), name="lines-ahead", daemon=True).start()
    while not isinstance(item := box.get(), _End) and not cancel.cancelled:
        yield item
        places.release()
    if isinstance(item, _End) and item.error is not None and not cancel.cancelled:
        raise item.error


def _fill(
    items: Iterator[T], put: Callable[[T | _End], None], places: threading.Semaphore, cancel: CancelToken
) -> None:
    try:
        while not cancel.cancelled and (item := next(items, None)) is not None:
            put(item)
            places.acquire()
        put(_End())
    except BaseException as error:
        put(_End(error))
    finally:
        if (close := getattr(items, "close", None)) is not None:
            close()
