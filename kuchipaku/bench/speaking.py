"""Over HTTP: how soon a text is heard, and seen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from kuchipaku.bench.figures import Values, median
from kuchipaku.bench.host import Host
from kuchipaku.bench.viewer import Part, Watching

Region = tuple[slice, slice]
REST = 1.5
"""Seconds of the resting face that a moving mouth is told from."""
PATIENCE = 5.0
"""Seconds in which the mouth must move."""


def events(response: httpx.Response) -> Iterator[dict[str, object]]:
    """The JSON bodies of server-sent events, as they come."""
    for line in response.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def first_audio_figures(host: Host, texts: int) -> Values:
    """first_audio_ms: median from POST /api/perform to the first audio's address."""
    with host.client() as client:
        spans = [first_audio(client, f"This is sentence number {n}, and it is a short one.") for n in range(texts)]
        client.post("/api/stop", json={})
    return {"first_audio_ms": 1000 * median(spans)}


def first_audio(client: httpx.Client, text: str) -> float:
    """Seconds from sending `text` to knowing its first audio; it is fetched, to see that it is there."""
    began = time.perf_counter()
    with client.stream("POST", "/api/perform", json={"text": text}) as response:
        told = next(event for event in events(response) if event["type"] == "speech")
        span = time.perf_counter() - began
    client.get(f"/{told['audio_url']}").raise_for_status()
    return span


@dataclass
class MouthWatch:
    """Collects the mouth out of a live stream's pictures."""

    region: Region
    seen: list[tuple[Part, NDArray[np.float32]]] = field(default_factory=list)

    def see(self, part: Part) -> None:
        """Keep the mouth region of a JPEG part, grey."""
        grey = simplejpeg.decode_jpeg(part.body, colorspace="GRAY")[..., 0]
        self.seen.append((part, grey[self.region].astype(np.float32)))

    def first_move(self, asked: float) -> float:
        """When the first picture arrived, after moment `asked`, whose mouth is not one of the rest before; nan: none.

        At rest the face breathes and sways as well: a mouth has moved when it is further from every resting one
        than these are from each other, by half.
        """
        resting = [mouth for part, mouth in self.seen if part.arrived < asked][-int(REST * 30) :]
        if len(resting) < 10:
            return float("nan")
        usual = max(_nearest(mouth, resting[: max(0, n - 3)] + resting[n + 4 :]) for n, mouth in enumerate(resting))
        for part, mouth in self.seen:
            if part.arrived > asked and part.performance and _nearest(mouth, resting) > 1.5 * usual + 1.0:
                return part.arrived
        return float("nan")


def _nearest(mouth: NDArray[np.float32], others: list[NDArray[np.float32]]) -> float:
    return min(float(np.abs(mouth - other).mean()) for other in others)


def first_mouth_figures(host: Host, region: Region, texts: int) -> Values:
    """first_mouth_ms: median from POST /api/perform to the first frame whose mouth moves, on the live stream."""
    spans = [first_mouth(host, region, f"All right, here comes text number {n}.") for n in range(texts)]
    return {"first_mouth_ms": 1000 * median(spans)}


def first_mouth(host: Host, region: Region, text: str) -> float:
    """Seconds from sending `text` to a moving mouth; nan where none was seen."""
    watch = MouthWatch(region)
    with host.client() as client, Watching(host.port, host.live, watch.see):
        client.post("/api/stop", json={})
        time.sleep(REST + 0.8)
        asked = time.monotonic()
        with client.stream("POST", "/api/perform", json={"text": f"*neutral* {text}"}) as response:
            next(event for event in events(response) if event["type"] == "speech")
        while not (moved := watch.first_move(asked)) > 0 and time.monotonic() < asked + PATIENCE:
            time.sleep(0.05)
        client.post("/api/stop", json={})
    return moved - asked


def speak_lines(host: Host, lines: int) -> None:
    """Have `lines` lines spoken, to their last audio."""
    with host.client() as client:
        for n in range(lines):
            client.post("/api/speech", json={"text": f"This is line {n} of the many that were spoken."})
