"""The page's parsers, its frame queue and its streams, called directly in the page."""

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


READ_AND_ABORT = """async ([bytes]) => {
  const { readFrames } = await import("./static/stream.js");
  const real = [window.fetch, window.createImageBitmap], seen = [];
  let decoded, ended = new AbortController();
  const waiting = new Promise((resolve) => window.createImageBitmap = () => {
    resolve();
    return new Promise((done) => decoded = () => done({ close: () => seen.push("closed") }));
  });
  const body = new ReadableStream({ start: (sink) => sink.enqueue(Uint8Array.from(bytes)) });
  window.fetch = async () => new Response(body);
  readFrames("live", ended.signal, () => seen.push("shown")).catch(() => {});
  await waiting;
  ended.abort();
  decoded();
  await new Promise((resolve) => setTimeout(resolve, 50));
  [window.fetch, window.createImageBitmap] = real;
  return seen;
}"""

WORK_IN_SILENCE = """async (signs) => {
  const { watched } = await import("./static/watchdog.js");
  const from = performance.now();
  await watched(new AbortController().signal, 200, (signal, heard) => new Promise((resolve) => {
    for (let sign = 1; sign <= signs; sign += 1) setTimeout(heard, 100 * sign);
    signal.addEventListener("abort", resolve);
  }));
  return performance.now() - from;
}"""

WAIT_FOR_THE_FIRST_SIGN = """async (first) => {
  const { watched } = await import("./static/watchdog.js");
  let reason;
  const work = (signal, heard) => new Promise((resolve) => {
    setTimeout(heard, 300);
    signal.addEventListener("abort", () => resolve(signal.reason.message));
    setTimeout(resolve, 350, "");
  });
  await watched(new AbortController().signal, 100, async (...given) => (reason = await work(...given)), first);
  return reason;
}"""

PERSIST = """async (status) => {
  const { persist } = await import("./static/api.js");
  const ended = new AbortController();
  let times = 0;
  const work = async () => { times += 1; throw Object.assign(new Error("refused"), { status }); };
  await persist(ended.signal, work, () => { if (!status) setTimeout(() => ended.abort(), 700); });
  return [times, ended.signal.aborted];
}"""

KEY_OF = """async (held) => {
  const { key } = await import("./static/api.js");
  localStorage.setItem("kuchipaku.key", held);
  const told = key();
  localStorage.removeItem("kuchipaku.key");
  return told;
}"""

FORBIDDEN_STORAGE = """async () => {
  const { recall, remember } = await import("./static/memory.js?forbidden");
  const real = Object.getOwnPropertyDescriptor(window, "localStorage");
  Object.defineProperty(window, "localStorage", { configurable: true, get() { throw new DOMException("no"); } });
  remember("key", "sesame");
  const told = [recall("key"), recall("voice", "none")];
  Object.defineProperty(window, "localStorage", real);
  return told;
}"""

FILL_LOG = """async (turns) => {
  const { Log } = await import("./static/log.js");
  const [scroll, list] = [document.createElement("div"), document.createElement("ol")];
  const log = new Log(scroll, list);
  for (let turn = 1; turn <= turns; turn += 1) log.said(String(turn));
  return [...list.children].map((item) => item.textContent);
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


def test_a_queue_that_nobody_takes_from_keeps_the_newest_frames(blank: Page) -> None:
    steps = [frame(n, float(n)) for n in range(1, 96)]
    assert blank.evaluate(QUEUE, [*steps, take(5.0), take(6.0)]) == [None, 6]


def test_a_frame_that_is_decoded_after_its_stream_was_left_is_never_shown(blank: Page) -> None:
    assert blank.evaluate(READ_AND_ABORT, [list(PARTS[: PARTS.index(b"--frame", 1)])]) == ["closed"]


@pytest.mark.parametrize(("signs", "least"), [(0, 150), (4, 550)])
def test_a_connection_is_left_once_it_has_fallen_silent(blank: Page, signs: int, least: int) -> None:
    assert least < blank.evaluate(WORK_IN_SILENCE, signs) < least + 2000


def test_what_fails_is_tried_again_unless_the_person_gave_up_at_the_key(blank: Page) -> None:
    assert blank.evaluate(PERSIST, 401) == [1, False]
    assert blank.evaluate(PERSIST, 0) == [2, True]


@pytest.mark.parametrize(("held", "sent"), [("open sesame", "open sesame"), ("ключ", ""), ("a\nb", "")])
def test_only_a_key_that_a_header_can_carry_is_sent(blank: Page, held: str, sent: str) -> None:
    assert blank.evaluate(KEY_OF, held) == sent


def test_where_storage_is_forbidden_the_key_is_known_until_the_page_is_closed(blank: Page) -> None:
    assert blank.evaluate(FORBIDDEN_STORAGE) == ["sesame", "none"]


def test_the_log_keeps_the_last_turns(blank: Page) -> None:
    assert blank.evaluate(FILL_LOG, 203) == [str(n) for n in range(4, 204)]


@pytest.mark.parametrize(("first", "reason"), [(2000, ""), (200, "Nothing came from the server for too long.")])
def test_the_first_sign_of_a_slow_avatar_is_waited_for_longer(blank: Page, first: int, reason: str) -> None:
    assert blank.evaluate(WAIT_FOR_THE_FIRST_SIGN, first) == reason
