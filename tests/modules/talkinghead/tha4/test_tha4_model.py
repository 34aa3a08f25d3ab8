"""Folders of character models, and the avatar made of one."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from kuchipaku import BadRequest, Character, EngineUnavailable
from kuchipaku.testing import check_avatar
from modules.talkinghead.color import premultiplied_pixels
from modules.talkinghead.tha4.avatar import Tha4Avatar, frame_seconds, pose_vector, tha4_avatar
from modules.talkinghead.tha4.character_model import read_character_model

YAML = """character_image_file_name: character.png
face_morpher_file_name: face.pt
body_morpher_file_name: nets/body.safetensors
"""


@pytest.fixture
def folder(tmp_path: Path, ruled) -> Path:
    """A character model on disk, one network in each format."""
    (tmp_path / "nets").mkdir()
    (tmp_path / "character_model.yaml").write_text(YAML)
    Image.fromarray(premultiplied_pixels(ruled.image)).save(tmp_path / "character.png")
    torch.save(dict(ruled.face), tmp_path / "face.pt")
    save_file(dict(ruled.body), tmp_path / "nets" / "body.safetensors")
    return tmp_path


def test_a_folder_is_read_with_tensors_of_either_format(folder: Path, ruled) -> None:
    model = read_character_model(folder / "character_model.yaml")
    assert np.abs(model.image - ruled.image).max() <= 0.01
    assert all(torch.equal(model.face[name], tensor) for name, tensor in ruled.face.items())
    assert all(torch.equal(model.body[name], tensor) for name, tensor in ruled.body.items())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "does not name its three files"),
        ("character_image_file_name: 3", "does not name its three files"),
        ("a: [", "cannot be read"),
        (YAML.replace("face.pt", "../face.pt"), "lies outside of its folder"),
        (YAML.replace("face.pt", "/etc/hostname"), "lies outside of its folder"),
        (YAML.replace("face.pt", "none.pt"), "there is no"),
        (YAML.replace("face.pt", "character.png"), "holds no tensors"),
        (YAML.replace("character.png", "face.pt"), "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_folder_is_told(folder: Path, text: str, message: str) -> None:
    (folder / "character_model.yaml").write_text(text)
    with pytest.raises(BadRequest, match=message):
        read_character_model(folder / "character_model.yaml")


def test_a_picture_of_another_size_is_told(folder: Path) -> None:
    Image.new("RGBA", (256, 512)).save(folder / "character.png")
    with pytest.raises(BadRequest, match="256 x 512"):
        read_character_model(folder / "character_model.yaml")


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "face.pt"
    (folder / "face.pt").rename(outside)
    (folder / "face.pt").symlink_to(outside)
    with pytest.raises(BadRequest, match="lies outside"):
        read_character_model(folder / "character_model.yaml")


class Payload:
    """What a malicious file would run."""

    def __reduce__(self):
        return (print, ("owned",))


def test_code_in_a_file_of_weights_is_not_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"siren": Payload()}, folder / "face.pt")
    with pytest.raises(BadRequest, match="holds no tensors"):
        read_character_model(folder / "character_model.yaml")
    assert "owned" not in capsys.readouterr().out


def character(folder: Path, **options: object) -> Character:
    return Character(name="ann", folder=folder, avatar="tha4", options=options)


@pytest.fixture(scope="module")
def avatar(tmp_path_factory: pytest.TempPathFactory, ruled) -> Iterator[Tha4Avatar]:
    folder = tmp_path_factory.mktemp("ann")
    (folder / "character_model.yaml").write_text(YAML.replace("nets/body.safetensors", "body.pt"))
    Image.fromarray(premultiplied_pixels(ruled.image)).save(folder / "character.png")
    torch.save(dict(ruled.face), folder / "face.pt")
    torch.save(dict(ruled.body), folder / "body.pt")
    made = tha4_avatar(character(folder, quality="exact"), "live", "cpu", 30.0)
    yield made
    made.close()


def test_the_avatar_keeps_the_promises_of_avatars(folder: Path) -> None:
    check_avatar(tha4_avatar(character(folder, quality="exact"), "live", "cpu", 30.0))


def test_the_note_tells_how_it_is_rendered(avatar: Tha4Avatar) -> None:
    assert avatar.note.startswith("THA4, exact, ") and avatar.note.endswith(" ms a frame")


def test_what_a_viewer_does_to_a_frame_is_not_seen_by_the_next(avatar: Tha4Avatar) -> None:
    first = avatar.paint({"head_x": 0.5})
    kept = first.copy()
    first[:] = 0
    assert (avatar.paint({"head_x": 0.5}) == kept).all()


def test_poses_go_in_the_order_of_the_rig() -> None:
    vector = pose_vector({"breathing": 0.5, "eyebrow_troubled_left": 0.25})
    assert vector.shape == (45,) and vector[44] == 0.5 and vector[0] == 0.25 and np.count_nonzero(vector) == 2


def test_a_closed_avatar_says_so_and_has_let_go(folder: Path) -> None:
    before = set(threading.enumerate())
    made = tha4_avatar(character(folder, quality="exact"), "auto", "cpu", 30.0)
    made.close()
    gc.collect()
    assert set(threading.enumerate()) <= before
    with pytest.raises(EngineUnavailable, match="closed"):
        made.paint({})


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"model": "none.yaml"}, EngineUnavailable, "there is no"),
        ({"model": "../character_model.yaml"}, BadRequest, "outside"),
        ({"quality": "best"}, BadRequest, "quality"),
        ({"speed": 1}, BadRequest, "speed"),
    ],
)
def test_wrong_options_are_told(folder: Path, options: dict[str, object], error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        tha4_avatar(character(folder, **options), "auto", "cpu", 30.0)


def test_tensors_of_something_else_are_told(folder: Path, ruled) -> None:
    torch.save(dict(ruled.body), folder / "face.pt")
    with pytest.raises(BadRequest, match="no THA4 student"):
        tha4_avatar(character(folder), "exact", "cpu", 30.0)


@dataclass
class Slow:
    """A painter that notes what it was asked for."""

    poses: list[bytes]

    def paint(self, pose: np.ndarray) -> np.ndarray:
        self.poses.append(pose.tobytes())
        return np.zeros((512, 512, 4), np.uint8)

    def close(self) -> None:
        self.poses.clear()


def test_a_pose_asked_for_twice_is_painted_once() -> None:
    painter = Slow([])
    made = Tha4Avatar(painter, "by hand")
    for strength in (0.5, 0.5, 0.25):
        made.paint({"head_x": strength, "unknown": 1.0})
    assert len(painter.poses) == 2


def test_the_pace_is_measured_on_poses_that_all_differ() -> None:
    painter = Slow([])
    assert frame_seconds(painter) >= 0.0
    assert len(set(painter.poses)) == len(painter.poses) == 4


def test_a_pace_that_is_plainly_too_slow_is_not_measured_again() -> None:
    painter = Slow([])
    frame_seconds(painter, enough=0.0)
    assert len(painter.poses) == 2
