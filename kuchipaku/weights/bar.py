"""How far a fetch is, in one line of text: drawn over again on a terminal, a line each tenth elsewhere."""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable
from typing import TextIO

from kuchipaku.weights.disk import megabytes
from kuchipaku.weights.fetching import Step

REDRAW = 0.1
"""Seconds between two drawings of the line."""
WINDOW = 5.0
"""Seconds over which the speed is measured."""
BLOCKS = 20
"""Characters of the bar itself."""


class Speed:
    """Bytes a second over the last seconds; what was there before it began counts for nothing."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def at(self, now: float, done: int) -> float:
        """The speed at `now`, seconds, when `done` bytes are there; 0 while it is not known."""
        if self._marks and done < self._marks[-1][1]:
            self._marks.clear()
        self._marks.append((now, done))
        while now - self._marks[0][0] > WINDOW:
            self._marks.popleft()
        began, first = self._marks[0]
        return (done - first) / (now - began) if now > began else 0.0


class Bar:
    """Shows the steps of a fetch on `stream`. It uses no colour."""

    def __init__(
        self,
        stream: TextIO,
        clock: Callable[[], float] = time.monotonic,
        width: Callable[[], int] = lambda: shutil.get_terminal_size().columns,
    ) -> None:
        self._stream, self._clock, self._width = stream, clock, width
        self._live = stream.isatty()
        self._speed, self._file = Speed(), ""
        self._drawn, self._tenth, self._open = float("-inf"), -1, False

    def __call__(self, step: Step) -> None:
        """Show a step; most are left out, so that showing costs nothing."""
        if step.file != self._file:
            self._begin(step)
        if step.note:
            self._line(f"  {step.file}: {step.note}")
        elif self._live:
            self._draw(step)
        else:
            self._tell(step)

    def close(self) -> None:
        """End the line that is being drawn over."""
        if self._open:
            self._stream.write("\n")
            self._stream.flush()
            self._open = False

    def _begin(self, step: Step) -> None:
        self.close()
        self._file, self._speed = step.file, Speed()
        self._drawn, self._tenth = float("-inf"), -1

    def _draw(self, step: Step) -> None:
        now = self._clock()
        speed = self._speed.at(now, step.done)
        if now - self._drawn < REDRAW and step.done != step.size:
            return
        self._drawn, self._open = now, True
        room = max(self._width() - 1, 10)
        self._stream.write("\r" + line(step, speed, room).ljust(room))
        self._stream.flush()

    def _tell(self, step: Step) -> None:
        tenth = step.done * 10 // step.size if step.size else 0
        speed = self._speed.at(self._clock(), step.done)
        if tenth != self._tenth:
            self._tenth = tenth
            self._line(line(step, speed, 200, blocks=0))

    def _line(self, text: str) -> None:
        self.close()
        self._stream.write(text + "\n")
        self._stream.flush()


def line(step: Step, speed: float, width: int, blocks: int = BLOCKS) -> str:
    """A step in at most `width` characters, at `speed` bytes a second: the less room, the less is told."""
    pieces = {"file": step.file, "share": _share(step), "bar": _bar(step, blocks), "amount": _amount(step)}
    pieces |= {"speed": _speed(step, speed), "left": _left(step, speed), "whole": _whole(step)}
    for spare in ("", "whole", "bar", "amount", "speed", "left"):
        pieces.pop(spare, None)
        text = "  ".join(filter(None, pieces.values()))
        if len(text) <= width:
            return text
    return text[:width]


def duration(seconds: float) -> str:
    """Seconds for a person: 0:07, 12:30, 2:05:00."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _share(step: Step) -> str:
    return f"{min(step.done / step.size, 1.0):4.0%}".replace("%", " %") if step.size else ""


def _bar(step: Step, blocks: int) -> str:
    if not (step.size and blocks):
        return ""
    return "[" + ("#" * int(min(step.done / step.size, 1.0) * blocks)).ljust(blocks, "-") + "]"


def _amount(step: Step) -> str:
    if not step.size:
        return megabytes(step.done)
    done = f"{step.done / 1e6:.1f}" if step.size < 1e9 else f"{step.done / 1e9:.2f}"
    return f"{done} of {megabytes(step.size)}"


def _speed(step: Step, speed: float) -> str:
    return f"{megabytes(speed)}/s" if speed > 0 and step.done != step.size else ""


def _left(step: Step, speed: float) -> str:
    return f"{duration((step.size - step.done) / speed)} left" if speed > 0 and step.done < step.size else ""


def _whole(step: Step) -> str:
    if step.count < 2:
        return ""
    share = f", {min((step.before + step.done) / step.total, 1.0):.0%} of all".replace("%", " %") if step.total else ""
    return f"file {step.number} of {step.count}{share}"
