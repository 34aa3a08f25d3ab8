"""Over HTTP: many viewers, and one that is too slow."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence

from kuchipaku.bench.crowd import SETTLING
from kuchipaku.bench.figures import Values, median, percentile
from kuchipaku.bench.host import Host
from kuchipaku.bench.viewer import Part, Watching
from kuchipaku.commands.project import ROOT

MEASURING = 2.0
"""Seconds in which the needed bandwidth is found."""
JUDGED = 3.0
"""Seconds, at the end, in which the slow viewer's pictures are judged."""


def viewers_figures(host: Host, count: int, seconds: float) -> Values:
    """viewers: the fewest pictures a second of `count` viewers; viewers_api_p95_ms: an API call meanwhile."""
    command = [sys.executable, "-m", "kuchipaku.bench.crowd", str(host.port), host.live, str(count), str(seconds)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as crowd:
        time.sleep(SETTLING)
        spans = api_spans(host, seconds)
        told, _ = crowd.communicate()
    return {"viewers": min(json.loads(told)), "viewers_api_p95_ms": 1000 * percentile(spans, 0.95)}


def api_spans(host: Host, seconds: float) -> list[float]:
    """Seconds that GET /api/modules takes, twenty times a second over `seconds`."""
    spans, end = [], time.monotonic() + seconds
    with host.client() as client:
        while time.monotonic() < end:
            began = time.perf_counter()
            client.get("/api/modules").raise_for_status()
            spans.append(time.perf_counter() - began)
            time.sleep(0.05)
    return spans


def slow_viewer_figures(host: Host, seconds: float) -> Values:
    """slow_viewer_age_ms: p95 of how much older a PNG viewer's pictures are who reads at half the bandwidth."""
    fast: list[Part] = []
    slow: list[Part] = []
    path = f"{host.live}?format=png"
    with Watching(host.port, path, fast.append):
        time.sleep(MEASURING)
        bandwidth = needed_bandwidth(fast)
        with Watching(host.port, path, slow.append, bandwidth / 2):
            time.sleep(seconds + JUDGED)
    begin = time.monotonic() - JUDGED
    return {"slow_viewer_age_ms": 1000 * percentile(ages(slow, fast, begin), 0.95)}


def needed_bandwidth(parts: Sequence[Part]) -> float:
    """Bytes a second of a viewer who gets everything; nan of fewer than two parts."""
    if len(parts) < 2:
        return float("nan")
    return sum(len(part.body) for part in parts[1:]) / (parts[-1].arrived - parts[0].arrived)


def ages(slow: Sequence[Part], fast: Sequence[Part], begin: float) -> list[float]:
    """Seconds by which slow pictures arrived later than fast ones of the same media time, from moment `begin` on."""
    usual = median([part.arrived - part.media_time for part in fast])
    return [part.arrived - part.media_time - usual for part in slow if part.arrived >= begin]
