"""The page's parsers and its frame queue, called directly in the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PARTS = b"".join(
    b"--frame\r\nContent-Type: image/png\r\nContent-Length: %d\r\nX-Frame: %d\r\n\r\n%s\r\n" % (len(body), n, body)
    for n, body in enumerate((b"one", b"", b"\r\n--frame\r\n\r\ninside", bytes(range(256))))
)
BODIES = [list(b"one"), [], list(b"\r\n--frame\r\n\r\ninside"), list(range(256))]

PARSE_PARTS = """async ([bytes, size]) => {
  const { MultipartParser } = await import("./static/stream.js");
  const parser = new MultipartParser(), found = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const { headers, body } of parser.push(Uint8Array.from(bytes.slice(at, at + size)))) {
      found.push([headers.get("x-frame"), [...body]]);
    }
  }
  return found;
}"""

READ_EVENTS = """async ([bytes, size]) => {
  const { eventsOf } = await import("./static/api.js");
  const found = [];
  const body = new ReadableStream({ start(sink) {
    for (let at = 0; at < bytes.length; at += size) sink.enqueue(Uint8Array.from(bytes.slice(at, at + size)));
    sink.close();
  } });
  for await (const { event, id, data } of eventsOf(new Response(body))) found.push([event, id, data]);
  return found;
}"""

QUEUE = """async (steps) => {
  const { FrameQueue } = await import("./static/queue.js");
  const queue = new FrameQueue(0.5), taken = [];
  for (const { push, floor, refuse, take } of steps) {
    if (push) queue.push({ bitmap: { close() {} }, arrived: 0, ...push });
    if (floor !== undefined) queue.floor = floor;
    if (refuse) queue.refuse();
    if (take) taken.push(queue.take(take.now, (id) => take.clocks[id] ?? null)?.number ?? null);
  }
  return taken;
}"""


def frame(number: int, time: float, performance: str = "p", generation: int = 1) -> dict[str, Any]:
    """A step that hands the queue a frame."""
    return {"push": {"number": number, "time": time, "performance": performance, "generation": generation}}


def take(heard: float | None, now: float = 0.0) -> dict[str, Any]:
    """A step that takes what is due when media second `heard` of p sounds, at `now` milliseconds."""
    return {"take": {"now": now, "clocks": {} if heard is None else {"p": heard}}}


@pytest.fixture(scope="module")
def blank(browser: Browser, server: str) -> Iterator[Page]:
    """A page of the server, to load modules in."""
    page = browser.new_page()
    page.goto(f"{server}health")
    yield page
    page.close()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_parts_are_found_however_the_stream_is_cut(blank: Page, size: int) -> None:
    found = blank.evaluate(PARSE_PARTS, [list(PARTS), size])
    assert found == [[str(n), body] for n, body in enumerate(BODIES)]


def test_a_part_without_length_is_an_error(blank: Page) -> None:
    with pytest.raises(Exception, match="does not say its length"):
        blank.evaluate(PARSE_PARTS, [list(b"--frame\r\nContent-Type: image/png\r\n\r\nabc"), 100])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_events_are_found_however_the_stream_is_cut(blank: Page, size: int, newline: str) -> None:
    lines = [
        ": keep-alive",
        "",
        "id: 0",
        "event: line",
        'data: {"text":',
        'data: "口パク: é"}',
        "",
        ":",
        "",
        "data:1",
        "",
    ]
    text = newline.join([*lines, "event: never finished"])
    assert blank.evaluate(READ_EVENTS, [list(text.encode()), size]) == [
        ["line", "0", {"text": "口パク: é"}],
        ["message", "0", 1],
    ]


def test_the_newest_frame_whose_moment_has_come_is_shown(blank: Page) -> None:
    steps = [frame(1, 0.0), frame(2, 0.1), frame(3, 0.2), take(0.15), take(0.15), take(0.2)]
    assert blank.evaluate(QUEUE, steps) == [2, None, 3]


def test_idle_frames_wait_behind_the_last_words_and_are_shown_as_they_come(blank: Page) -> None:
    steps = [frame(1, 0.5), frame(2, 77.0, ""), take(0.4), take(0.5)]
    assert blank.evaluate(QUEUE, steps) == [None, 2]


def test_frames_without_a_running_clock_are_shown_as_they_come(blank: Page) -> None:
    assert blank.evaluate(QUEUE, [frame(1, 9.0), take(None)]) == [1]


def test_no_frame_is_held_longer_than_asked_for(blank: Page) -> None:
    assert blank.evaluate(QUEUE, [frame(1, 9.0), take(0.0, now=499), take(0.0, now=501)]) == [None, 1]


def test_speaking_frames_of_an_older_generation_are_never_shown(blank: Page) -> None:
    steps = [frame(1, 0.0), {"floor": 2}, take(1.0), frame(2, 0.1), take(1.0), frame(3, 0.0, "", 1), take(1.0)]
    assert blank.evaluate(QUEUE, steps) == [None, None, 3]


def test_a_frame_of_a_newer_generation_drives_out_the_older_ones(blank: Page) -> None:
    steps = [frame(1, 0.0), frame(2, 0.0, "q", 2), frame(3, 0.1), take(1.0), take(1.0)]
    assert blank.evaluate(QUEUE, steps) == [2, None]


def test_after_a_stop_only_frames_of_a_coming_generation_speak(blank: Page) -> None:
    steps = [
        frame(1, 0.0, "p", 4),
        {"refuse": True},
        frame(2, 0.1, "p", 4),
        take(1.0),
        frame(3, 0.0, "q", 5),
        take(None),
    ]
    assert blank.evaluate(QUEUE, steps) == [None, 3]
