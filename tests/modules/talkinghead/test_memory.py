"""Memory returns to its level, however often characters are loaded and unloaded."""

from __future__ import annotations

import gc
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

import modules.emotion
import modules.puppet
import modules.talkinghead
from kuchipaku.performer import Performer
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app

ROOT = Path(__file__).resolve().parents[3]
LAMBDA = ROOT.parent / "shared" / "characters" / "lambda_00"
ROUNDS = 50
WARM = 8
"""Rounds after which all that is loaded once is loaded."""
LOOKS = 10
"""Levels at either end, of which the lowest counts."""
SLACK = 8.0
"""Megabytes by which the allocator's own ways may move the level: a leak of one frame a round would be 32."""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = fake_services(tmp_path / "characters", modules.emotion, modules.puppet, modules.talkinghead)
    yield made
    made.shutdown()


def growth(one_round: Callable[[], object]) -> float:
    """Megabytes by which the process is larger at the end of all rounds than after the first few: lowest of several.

    A single look may catch memory that has been freed and not yet been given back.
    """
    levels = []
    for _ in range(ROUNDS):
        one_round()
        gc.collect()
        levels.append(psutil.Process().memory_info().rss / 2**20)
    return min(levels[-LOOKS:]) - min(levels[WARM : WARM + LOOKS])


def painted(performer: Performer) -> None:
    performer._paint()
    assert performer.ready and not performer.trouble


def test_fifty_loads_and_unloads_by_the_extras_routes_leave_nothing_behind(services: Services) -> None:
    client = create_app(services).test_client()
    picture = (ROOT / "characters" / "sumire" / "picture.png").read_bytes()

    def one_round() -> None:
        sent = client.post("/api/talkinghead/load", data={"file": (io.BytesIO(picture), "p.png")})
        assert sent.get_data(as_text=True) == "OK"
        painted(services.stage.performer("extras"))
        assert client.get("/api/talkinghead/unload").get_data(as_text=True) == "animation paused"
        assert not services.stage.performer("extras").ready

    assert growth(one_round) < SLACK


@pytest.mark.shared
def test_fifty_loads_and_unloads_of_a_neural_character_leave_nothing_behind(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not LAMBDA.is_dir():
        pytest.skip("the THA4 character lambda_00 is not beside the project")
    monkeypatch.setattr("modules.talkinghead.tha4.avatar.frame_seconds", lambda painter, enough: 0.1)
    folder = services.settings.folders.characters / "lambda"
    shutil.copytree(LAMBDA, folder, copy_function=shutil.copyfile)
    (folder / "character.toml").write_text('avatar = "tha4"\n[tha4]\nquality = "exact"\n')
    performer = services.stage.performer("lambda")

    def one_round() -> None:
        performer.resume()
        painted(performer)
        performer.pause()

    assert growth(one_round) < SLACK
