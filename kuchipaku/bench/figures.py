"""The figures: their names, targets and units; how they are printed and written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Values = Mapping[str, float]
"""Figure name -> what was measured."""


class NotMeasured(Exception):
    """A figure cannot be had on this machine; the message says why."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long is measured."""

    windows: int
    """Windows of painted frames."""
    texts: int
    """Texts sent for the first audio."""
    mouths: int
    """Texts sent for the first moving mouth."""
    viewers: int
    """Viewers at once."""
    watch: float
    """Seconds for which they watch."""
    slow: float
    """Seconds for which the slow viewer reads before it is judged."""
    sentences: int
    """Sentences heard in the browser."""
    stops: int
    """Stops of each kind."""
    idle: float
    """Seconds for which the idle server is watched."""
    lines: int
    """Lines spoken before the memory is read."""


FULL = Effort(
    windows=15, texts=20, mouths=9, viewers=30, watch=8.0, slow=10.0, sentences=4, stops=7, idle=8.0, lines=30
)
QUICK = Effort(windows=5, texts=7, mouths=2, viewers=30, watch=3.0, slow=2.0, sentences=1, stops=2, idle=2.0, lines=5)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its JSON key, what it tells, and the target it is held to."""

    key: str
    about: str
    least: float | None = None
    most: float | None = None

    @property
    def target(self) -> str:
        """The target in words; empty where there is none."""
        if self.least is not None:
            return f">= {self.least:g}"
        return f"<= {self.most:g}" if self.most is not None else ""

    def verdict(self, value: float | None) -> str:
        """ "reached" or "missed"; empty without a target, "not measured" without a value."""
        if value is None:
            return "not measured"
        if not self.target:
            return ""
        reached = value >= self.least if self.least is not None else value <= (self.most or 0.0)
        return "reached" if reached else "missed"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Figures that a plugin measures together."""

    figures: tuple[Figure, ...]
    measure: Callable[[Effort], Values]
    """Raises NotMeasured with the reason where they cannot be had."""


FIGURES = (
    Figure("puppet_fps", "pose, paint and PNG with alpha, one thread, frames a second", least=60),
    Figure("first_audio_ms", "from the text to the first audio ready", most=150),
    Figure("first_mouth_ms", "from the text to the first frame with a moving mouth", most=250),
    Figure("av_offset_ms_p95", "shown frame against heard sound, in Chromium", most=40),
    Figure("viewers", "slowest of 30 viewers at 30 frames a second", least=29),
    Figure("viewers_api_p95_ms", "GET /api/modules meanwhile", most=50),
    Figure("slow_viewer_age_ms", "how old a viewer at half the bandwidth sees the face", most=600),
    Figure("stop_silence_ms", "from a stop to silence, in Chromium", most=100),
    Figure("rss_mb", "memory of the server and its processes after use", most=300),
    Figure("idle_cpu_percent", "of one core, without viewers, after use", most=2),
    Figure("emotion_ms", "reading the emotion of a sentence"),
    Figure("espeak_first_piece_ms", "from a sentence to its first audio, in the voice itself"),
    Figure("paint_ms", "painting one frame"),
    Figure("png_ms", "encoding it as PNG with alpha"),
    Figure("jpeg_ms", "laying it on a background and encoding it as JPEG"),
)


@dataclass
class Report:
    """What has been measured so far."""

    values: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    """Why a figure is missing."""

    def take(self, keys: Iterable[str], measure: Callable[[], Values]) -> None:
        """Measure the figures `keys`. One that fails is missing for a reason, and never the end of the bench."""
        try:
            measured = measure()
        except Exception as error:
            first_line = str(error).partition("\n")[0]
            self.reasons |= dict.fromkeys(keys, f"{type(error).__name__}: {first_line}")
            return
        for key, value in measured.items():
            if math.isfinite(value):
                self.values[key] = round(value, 3)
            else:
                self.reasons[key] = "nothing could be observed"

    def flat(self, keys: Iterable[str], facts: Mapping[str, str]) -> dict[str, float | str | None]:
        """One flat JSON object: figures (null where missing, with `<key>_reason`), then the facts."""
        wanted = list(keys)
        figures: dict[str, float | str | None] = {key: self.values.get(key) for key in wanted}
        reasons = {f"{key}_reason": self.reasons[key] for key in wanted if key in self.reasons}
        return figures | reasons | dict(facts)

    def table(self, figures: Iterable[Figure]) -> str:
        """The figures as text, one line each."""
        return "\n".join(
            _row(figure, self.values.get(figure.key), self.reasons.get(figure.key, "")) for figure in figures
        )


def _row(figure: Figure, value: float | None, reason: str) -> str:
    number = "-" if value is None else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    about = reason or figure.about
    return f"{figure.key:26} {number:>8}  {figure.target:>7}  {figure.verdict(value):12}  {about}".rstrip()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed; nan of none, or where one is nan."""
    if not values or any(map(math.isnan, values)):
        return math.nan
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1 if share else 0)]


def median(values: Sequence[float]) -> float:
    """The middle value, the lower one of two; nan of none."""
    return percentile(values, 0.5)
