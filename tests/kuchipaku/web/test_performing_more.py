"""Performing what is still being written, and what somebody else has spoken."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import soundfile
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kuchipaku.director import Order
from kuchipaku.manuscript import Manuscript
from kuchipaku.services import Services

EventsOf = Callable[[TestResponse], list[tuple[str, dict[str, Any]]]]


def wav(*lengths: float, rate: int = 16_000) -> io.BytesIO:
    """Tones of so many seconds, with a pause of a quarter behind each."""
    tones = [np.sin(np.arange(int(length * rate)) * 0.2) * 0.5 for length in lengths]
    samples = np.concatenate([part for tone in tones for part in (tone, np.zeros(rate // 4))])
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV")
    file.seek(0)
    return file


def test_a_text_is_performed_while_it_is_written(client: FlaskClient, events_of: EventsOf) -> None:
    response = client.post("/api/perform", json={"text": "One. ", "open": True})
    begun = re.search(rb'"performance": "(\w+)"', next(response.iter_encoded()))
    assert begun
    name = begun[1].decode()
    path = f"/api/performances/{name}/text"
    assert client.post(path, json={"text": "Two is "}).get_json() == {"ok": True}
    assert client.post(path, json={"text": "long. *joy* Three.", "end": True}).get_json() == {"ok": True}
    told = events_of(client.get(f"/api/performances/{name}/events"))
    response.close()
    lines = [body for kind, body in told if kind == "line"]
    assert [line["text"] for line in lines] == ["One.", "Two is long.", "Three."]
    assert lines[1]["emotion"] == "joy"  # a reply that writes its marks behind its sentences
    assert told[-1][1]["reason"] == "complete"
    late = client.post(path, json={"text": "Four."})
    assert (late.status_code, late.get_json()["error"]) == (409, "that text has ended")


def test_a_stop_ends_a_text_that_is_being_written(client: FlaskClient, services: Services) -> None:
    performance = services.director.recite(Manuscript(100), Order(services.characters.chosen()))
    client.post("/api/stop", json={})
    assert [event.kind for event in performance.events() if event] == ["start", "done"]
    assert client.post(f"/api/performances/{performance.name}/text", json={"text": "More."}).status_code == 409


def test_only_an_open_text_goes_on(client: FlaskClient, events_of: EventsOf) -> None:
    name = events_of(client.post("/api/perform", json={"text": "One."}))[0][1]["performance"]
    refused = client.post(f"/api/performances/{name}/text", json={"text": "Two."})
    assert (refused.status_code, refused.get_json()["hint"]) == (409, "begin another")
    lines = client.post("/api/perform", json={"lines": [{"text": "One."}], "open": True})
    assert lines.status_code == 400


def test_a_recording_is_performed_sentence_by_sentence(client: FlaskClient, events_of: EventsOf) -> None:
    form = {"audio": (wav(1.0, 2.0), "clip.wav"), "text": "*joy* Hello you. This one takes longer.", "player": "true"}
    told = events_of(client.post("/api/perform", data=form))
    assert [body["text"] for kind, body in told if kind == "line"] == ["Hello you.", "This one takes longer."]
    pieces = [body for kind, body in told if kind == "speech"]
    assert [piece["start"] for piece in pieces] == pytest.approx([0.0, 1.12], abs=0.14)
    assert pieces[1]["start"] == pytest.approx(pieces[0]["duration"], abs=1e-3)
    assert sum(piece["duration"] for piece in pieces) == pytest.approx(3.5, abs=0.01)
    assert pieces[0]["timing"] == "even"
    mouths = [body["tracks"].get("mouth") for kind, body in told if kind == "timeline"]
    assert all(mouths)


def test_a_recording_needs_no_text(client: FlaskClient, events_of: EventsOf) -> None:
    told = events_of(client.post("/api/perform", data={"audio": (wav(0.5), "clip.wav"), "emotion": "anger"}))
    (line,) = [body for kind, body in told if kind == "line"]
    assert line["text"] == ""
    assert told[-1][1] == {"type": "done", "reason": "complete", "duration": 0.75}


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"audio": (io.BytesIO(b"noise"), "a.wav")}, 400, "cannot be read"),
        ({"text": "Hi."}, 400, "no audio was sent"),
        ({"audio": (wav(0.1), "a.wav"), "mood": "x"}, 400, "no field 'mood'"),
        ({"audio": (wav(0.1), "a.wav"), "emotion": "hungry"}, 400, "emotion"),
        ({"audio": (wav(0.1), "a.wav"), "character": "nobody"}, 404, "nobody"),
        ({"audio": (wav(0.1), "a.wav"), "text": "a" * 20_001}, 413, "20001 characters"),
    ],
)
def test_a_wrong_form_is_told(client: FlaskClient, form: dict[str, Any], status: int, told: str) -> None:
    response = client.post("/api/perform", data=form, content_type="multipart/form-data")
    assert response.status_code == status
    assert told in response.get_json()["error"]
