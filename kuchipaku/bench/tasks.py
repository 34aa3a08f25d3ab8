"""Everything that can be measured, and what it needs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from time import sleep

from kuchipaku.bench import browser, painting, speaking, watching
from kuchipaku.bench.figures import FIGURES, Benchmark, Effort, Figure, Values
from kuchipaku.bench.host import Host, cpu_percent, rss_mb, running_server
from kuchipaku.services import Services

REST = 3.0
"""Seconds that the server is left alone before it counts as idle."""


class Bench:
    """What the measurements share, each made when it is first needed and let go of by `close`."""

    def __init__(self, effort: Effort) -> None:
        self.effort = effort
        self._opened = ExitStack()

    def close(self) -> None:
        """End the server under test, and let go of the rest."""
        self._opened.close()

    @cached_property
    def services(self) -> Services:
        """The parts of a server, in this process."""
        return self._opened.enter_context(painting.parts_of_a_server())

    @cached_property
    def host(self) -> Host:
        """The server under test, a process of its own."""
        return self._opened.enter_context(running_server())

    @cached_property
    def mouth(self) -> speaking.Region:
        """Where the character's mouth moves."""
        return painting.mouth_region(self.services)


@dataclass(frozen=True, slots=True)
class Task:
    """A measurement, and the figures that it gives together."""

    keys: tuple[str, ...]
    measure: Callable[[Bench], Values]


def _offset(bench: Bench) -> Values:
    with browser.opened_page(bench.host) as page:
        return browser.offset_figures(page, bench.effort.sentences)


def _stop(bench: Bench) -> Values:
    with browser.opened_page(bench.host) as page:
        return browser.stop_figures(page, bench.host, bench.effort.stops)


def _memory(bench: Bench) -> Values:
    speaking.speak_lines(bench.host, bench.effort.lines)
    return {"rss_mb": rss_mb(bench.host)}


def _idle(bench: Bench) -> Values:
    host = bench.host
    sleep(REST)
    return {"idle_cpu_percent": cpu_percent(host, bench.effort.idle)}


TASKS = (
    Task(
        ("puppet_fps", "paint_ms", "png_ms", "jpeg_ms"),
        lambda b: painting.picture_figures(b.services, b.effort.windows),
    ),
    Task(("emotion_ms",), lambda b: painting.emotion_figures(b.services, b.effort.windows)),
    Task(("espeak_first_piece_ms",), lambda b: painting.voice_figures(b.services, b.effort.texts)),
    Task(("first_audio_ms",), lambda b: speaking.first_audio_figures(b.host, b.effort.texts)),
    Task(("first_mouth_ms",), lambda b: speaking.first_mouth_figures(b.host, b.mouth, b.effort.mouths)),
    Task(
        ("viewers", "viewers_api_p95_ms"),
        lambda b: watching.viewers_figures(b.host, b.effort.viewers, b.effort.watch),
    ),
    Task(("slow_viewer_age_ms",), lambda b: watching.slow_viewer_figures(b.host, b.effort.slow)),
    Task(("av_offset_ms_p95",), _offset),
    Task(("stop_silence_ms",), _stop),
    Task(("rss_mb",), _memory),
    Task(("idle_cpu_percent",), _idle),
)
"""In an order in which none disturbs the next; memory and idleness last, after use."""


def everything(bench: Bench) -> tuple[list[Figure], list[Task]]:
    """All figures and who measures them: those of the modules first, while nothing else runs, then the server's."""
    offered: list[Benchmark] = []
    services = bench.services
    for _ in services.plugins.each("register_benchmarks", register=offered.append, settings=services.settings):
        pass
    tasks = [_task(benchmark) for benchmark in offered]
    return [*FIGURES, *(figure for benchmark in offered for figure in benchmark.figures)], [*tasks, *TASKS]


def _task(benchmark: Benchmark) -> Task:
    keys = tuple(figure.key for figure in benchmark.figures)
    return Task(keys, lambda bench: benchmark.measure(bench.effort))
