from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from kuchipaku import THA_RIG, Avatar, Character, Pixels, Pose, Rig
from modules.atlas.avatar import AtlasAvatar
from modules.atlas.speed import look_at
from modules.atlas.store import Store

SKIN, LINE, TONGUE, IRIS = (240, 200, 180, 255), (60, 30, 30, 255), (160, 40, 60, 255), (40, 90, 200, 255)
WIDTHS = {"mouth_aaa": 9, "mouth_iii": 12, "mouth_uuu": 4, "mouth_eee": 10, "mouth_ooo": 6, "mouth_delta": 8}


class Doodle:
    """A face drawn with a few strokes: it moves as the rig says, and counts what it is asked for."""

    rig: Rig = THA_RIG
    size = (128, 112)
    note = "doodle, by hand"

    def __init__(self, skin: tuple[int, ...] = SKIN, seconds: float = 0.0) -> None:
        self.skin, self.seconds = skin, seconds
        self.asked: list[Pose] = []
        self.threads: set[str] = set()
        self.closed = False

    def paint(self, pose: Pose) -> Pixels:
        self.asked.append(pose)
        self.threads.add(threading.current_thread().name)
        time.sleep(self.seconds)
        picture = np.zeros((112, 128, 4), np.uint8)
        cv2.rectangle(picture, (34, 84), (94, 111), (70, 80, 120, 255), -1)
        cv2.ellipse(picture, (64, 52), (34, 40), 0, 0, 360, self.skin, -1, cv2.LINE_8)
        self._eyes(picture, pose)
        self._mouth(picture, pose)
        turn = cv2.getRotationMatrix2D((64, 100), 8 * pose.get("body_z", 0.0) + 6 * pose.get("neck_z", 0.0), 1.0)
        turn[:, 2] += (6 * pose.get("head_y", 0.0), -4 * pose.get("head_x", 0.0))
        return cv2.warpAffine(picture, turn, self.size, borderMode=cv2.BORDER_REPLICATE)

    def _eyes(self, picture: Pixels, pose: Pose) -> None:
        for x, side in ((50, "right"), (78, "left")):
            across = x + round(3 * pose.get("iris_rotation_y", 0.0))
            shut = min(1.0, pose.get(f"eye_wink_{side}", 0.0) + pose.get(f"eye_happy_wink_{side}", 0.0))
            cv2.circle(picture, (x, 44), 7, (255, 255, 255, 255), -1)
            cv2.circle(picture, (across, 44), 4, IRIS, -1)
            cv2.rectangle(picture, (x - 8, 36), (x + 8, 36 + round(16 * shut)), self.skin, -1)
            brow = 30 - round(4 * pose.get(f"eyebrow_raised_{side}", 0.0))
            cv2.line(picture, (x - 7, brow), (x + 7, brow), LINE, 2)

    def _mouth(self, picture: Pixels, pose: Pose) -> None:
        width = 8 + round(sum(pose.get(m, 0.0) * (w - 8) for m, w in WIDTHS.items()))
        height = round(8 * sum(pose.get(m, 0.0) for m in WIDTHS))
        cv2.ellipse(picture, (64, 72), (width, 1 + height), 0, 0, 360, TONGUE, -1)

    def close(self) -> None:
        self.closed = True


Build = Callable[..., AtlasAvatar]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Makes atlas avatars that share one store, and closes them afterwards."""
    made: list[AtlasAvatar] = []

    def atlas_of(avatar: Avatar) -> AtlasAvatar:
        made.append(AtlasAvatar(avatar, look_at(avatar, 30), Store(tmp_path / "atlas"), "fake"))
        return made[-1]

    yield atlas_of
    for atlas in made:
        atlas.close()


@pytest.fixture
def doodle() -> type[Doodle]:
    return Doodle


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtlasAvatar]:
    """A finished atlas of the doodle; its avatar is closed."""
    doodle = Doodle()
    atlas = AtlasAvatar(doodle, look_at(doodle, 30), Store(tmp_path_factory.mktemp("whole") / "atlas"), "fake")
    assert atlas.wait(60.0)
    yield atlas
    atlas.close()


@pytest.fixture
def character(tmp_path: Path) -> Character:
    folder = tmp_path / "characters" / "doodle"
    folder.mkdir(parents=True)
    (folder / "character.toml").write_text('avatar = "fake"\n')
    (folder / "picture.png").write_bytes(b"a picture")
    return Character("doodle", folder, avatar="fake")
