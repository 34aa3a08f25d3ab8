"""Figures of a running server, for GET /metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters and clocks of one server; each server has its own registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "kuchipaku_requests", "HTTP requests answered", ["endpoint", "status"], registry=self.registry
        )
        self.first_line = Histogram(
            "kuchipaku_first_line_seconds",
            "From the text to the first line of the reply",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.first_audio = Histogram(
            "kuchipaku_first_audio_seconds",
            "From the text to the first audio",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.frames = Counter("kuchipaku_frames_sent", "Frames sent to viewers", registry=self.registry)

    def text(self) -> bytes:
        """All figures in the Prometheus text format."""
        return generate_latest(self.registry)
