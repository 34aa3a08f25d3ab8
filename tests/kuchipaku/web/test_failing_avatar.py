"""A renderer that crashes: the viewer keeps its picture, the character's card says why, and all is well again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kuchipaku import Pixels, Pose, hookimpl, live_avatar
from kuchipaku.testing import BarsAvatar, fake_services
from kuchipaku.web import create_app


class Moody(BarsAvatar):
    """Fails as long as it is told to; remembers how many were made and let go of."""

    error: Exception | None = None
    made = closed = 0

    def __init__(self) -> None:
        type(self).made += 1

    def paint(self, pose: Pose) -> Pixels:
        if self.error:
            raise self.error
        return super().paint(pose)

    def close(self) -> None:
        type(self).closed += 1


class MoodyPlugin:
    @hookimpl
    def register_avatars(self, register: Callable[[str, Callable[..., Any]], None]) -> None:
        register("bars", lambda character: Moody())


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr(live_avatar, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr(Moody, "made", 0)
    monkeypatch.setattr(Moody, "closed", 0)
    monkeypatch.setattr(Moody, "error", None)
    services = fake_services(tmp_path, MoodyPlugin())
    yield create_app(services).test_client()
    services.shutdown()


def trouble(client: FlaskClient) -> str:
    return str(client.get("/api/characters/test").get_json()["live"]["trouble"])


def test_out_of_memory_is_reported_and_survived(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    response = client.get("/live/test.mjpg?format=raw")
    frames = iter(response.response)
    next(frames)
    assert trouble(client) == ""
    monkeypatch.setattr(Moody, "error", MemoryError("CUDA out of memory"))
    for _ in range(6):
        next(frames)  # the last picture goes on being sent
    assert trouble(client) == "MemoryError: CUDA out of memory"
    assert Moody.closed >= 1, "its memory is let go of"
    monkeypatch.setattr(Moody, "error", None)
    for _ in range(12):
        next(frames)
    assert trouble(client) == ""
    assert Moody.made == Moody.closed + 1
    response.close()
