from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kuchipaku import Encoder, hookimpl
from kuchipaku.services import Services
from kuchipaku.stream import FrameHub
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app, threads_for
from kuchipaku.web.streams import paced

RAW = "/live/test.mjpg?format=raw"


def part(chunk: bytes | str) -> tuple[dict[str, str], bytes]:
    """Headers and body of one multipart piece, which must be whole."""
    assert isinstance(chunk, bytes)
    begin, _, rest = chunk.partition(b"\r\n\r\n")
    boundary, *headers = begin.decode().split("\r\n")
    assert boundary == "--frame"
    assert rest.endswith(b"\r\n")
    return dict(line.split(": ", 1) for line in headers), rest[:-2]


def test_every_frame_tells_its_time_and_length(client: FlaskClient) -> None:
    response = client.get(RAW)
    assert response.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=frame"
    chunks = iter(response.response)
    headers, body = part(next(chunks))
    assert len(body) == int(headers["Content-Length"]) == 90 * 64 * 4
    later, _ = part(next(chunks))
    response.close()
    assert float(later["X-Media-Time"]) > float(headers["X-Media-Time"])
    assert (headers["X-Performance"], headers["X-Generation"]) == ("", "0")


def test_frames_of_a_performance_carry_its_name_and_media_time(client: FlaskClient) -> None:
    response = client.get(RAW)
    chunks = iter(response.response)
    next(chunks)
    client.post("/api/perform", json={"text": "abcdefgh"}).get_data()
    seen = [part(next(chunks))[0] for _ in range(8)]
    response.close()
    times = [float(headers["X-Media-Time"]) for headers in seen if headers["X-Performance"]]
    assert len(times) >= 6
    assert times == sorted(times)
    assert times[0] < 0.2


def test_after_a_stop_no_frame_of_the_old_line_is_sent(client: FlaskClient) -> None:
    response = client.get(RAW)
    chunks = iter(response.response)
    client.post("/api/perform", json={"text": "abcdefgh" * 5}).get_data()
    for _ in range(10):
        next(chunks)
    generation = client.post("/api/stop", json={}).get_json()["generation"]
    after = [part(next(chunks)) for _ in range(6)]
    response.close()
    assert {int(headers["X-Generation"]) for headers, _ in after} == {generation}
    mouth = [body[(63 * 90 + 2 * 26) * 4] for _, body in after]
    assert mouth[2:] == [0] * 4


def test_a_viewer_may_ask_for_fewer_frames(client: FlaskClient) -> None:
    response = client.get(RAW + "&fps=5")
    chunks = iter(response.response)
    numbers = [int(part(next(chunks))[0]["X-Frame"]) for _ in range(4)]
    response.close()
    assert all(later - earlier >= 4 for earlier, later in pairwise(numbers[1:]))


def test_the_viewer_limit_answers_503_and_frees_its_seats(tmp_path: Path) -> None:
    services = fake_services(tmp_path, settings={"stream": {"max_viewers": 2}})
    client = create_app(services).test_client()
    first, second = client.get(RAW), client.get(RAW)
    third = client.get(RAW)
    assert third.status_code == 503
    assert "max_viewers" in third.get_json()["hint"]
    first.close()
    again = client.get(RAW)
    assert again.status_code == 200
    for response in (second, again):
        response.close()
    services.shutdown()
    assert threads_for(services) > 4


def test_a_follower_that_finds_no_seat_begins_nothing(tmp_path: Path) -> None:
    services = fake_services(tmp_path, settings={"stream": {"max_viewers": 1}})
    client = create_app(services).test_client()
    feeds = [client.get("/api/characters/test/events") for _ in range(2)]
    refused = client.post("/api/chat", json={"text": "Hello."})
    assert refused.status_code == 503
    assert services.stage.performers() == []
    feeds[0].close()
    assert client.post("/api/chat", json={"text": "Hello."}).status_code == 200
    feeds[1].close()
    services.shutdown()


def test_a_stream_without_frames_ends_and_frees_its_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuchipaku.web.streams.PATIENCE", 1)
    hub = FrameHub()
    assert list(paced(hub, 0.0)) == []
    assert hub.viewers == 0


def test_events_go_on_behind_the_last_one_that_was_seen(client: FlaskClient) -> None:
    told = client.post("/api/perform", json={"text": "One."}).get_data(as_text=True)
    name = re.findall(r'"performance": "(\w+)"', told)[0]
    ids = re.findall(r"(?m)^id: (\d+)$", told)
    assert ids == [str(n) for n in range(len(ids))]
    rest = client.get(f"/api/performances/{name}/events", headers={"Last-Event-ID": "2"}).get_data(as_text=True)
    assert rest == told[told.index("id: 3\n") :]


@pytest.mark.parametrize("last", ["9" * 5000, "-1", "1.5", "x"])
def test_what_is_no_number_of_an_event_counts_as_none(client: FlaskClient, last: str) -> None:
    told = client.post("/api/perform", json={"text": "One."}).get_data(as_text=True)
    name = re.findall(r'"performance": "(\w+)"', told)[0]
    seen = client.get(f"/api/performances/{name}/events", headers={"Last-Event-ID": last}).get_data(as_text=True)
    assert seen == told


def test_nothing_is_rendered_without_a_viewer(client: FlaskClient, services: Services) -> None:
    response = client.get(RAW)
    next(iter(response.response))
    hub = services.stage.performer("test").hub
    assert hub.viewers == 1
    response.close()
    assert hub.viewers == 0
    time.sleep(0.1)
    number = hub.newest().number  # type: ignore[union-attr]
    time.sleep(0.15)
    assert hub.newest().number == number  # type: ignore[union-attr]


class Pictures:
    """A plugin with a PNG that says what it was given."""

    @hookimpl
    def register_encoders(self, register: Callable[[str, Encoder], None]) -> None:
        register("png", Encoder("image/png", alpha=True, encode=lambda pixels: b"PNG of %dx%dx%d" % pixels.shape))


def test_the_extras_feed_is_bare_png_parts(tmp_path: Path) -> None:
    services = fake_services(tmp_path, Pictures())
    response = create_app(services).test_client().get("/api/talkinghead/result_feed")
    assert response.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=frame"
    headers, body = part(next(iter(response.response)))
    response.close()
    services.shutdown()
    assert headers == {"Content-Type": "image/png"}
    assert body == b"PNG of 64x90x4"


@pytest.mark.parametrize("path", ["/", "/live/test", "/static/index.html"])
def test_pages_are_served(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        assert response.status_code == 200
        assert response.mimetype == "text/html"
