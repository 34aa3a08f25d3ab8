"""Rendering in the background: gone on with, closed, failing; and what is kept on the disk."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from kuchipaku import Character, Pixels, Pose
from kuchipaku.testing import check_avatar
from modules.atlas.avatar import AtlasAvatar
from modules.atlas.samples import plan
from modules.atlas.speed import MOVING
from modules.atlas.store import Store, content_key

Build = Callable[..., AtlasAvatar]


def renderers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "pose-atlas"]


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_it_keeps_the_promises_of_an_avatar(build: Build, doodle: type) -> None:
    atlas = build(doodle())
    assert atlas.wait(60.0)
    check_avatar(atlas)


def test_it_answers_before_anything_is_rendered_and_says_how_far_it_is(build: Build, doodle: type) -> None:
    slow = doodle(seconds=0.02)
    atlas = build(slow)
    assert np.array_equal(atlas.paint({"head_x": 1.0}), doodle().paint({}))
    until(lambda: 0.05 < (atlas.progress or 0.0) < 0.9)
    assert atlas.note == "rendering the pose atlas of doodle", "the number is told by `progress` alone"


def test_when_it_is_done_it_says_how_near_it_comes_and_lets_the_avatar_go(build: Build, doodle: type) -> None:
    exact = doodle()
    atlas = build(exact)
    assert atlas.wait(60.0)
    assert atlas.progress is None and exact.closed and not renderers()
    assert atlas.note.startswith("pose atlas of doodle, ") and atlas.note.endswith(" dB against exact frames")
    assert 20.0 < float(atlas.note.split()[4]) < 60.0


def test_the_slow_avatar_is_painted_by_the_renderer_alone(build: Build, doodle: type) -> None:
    exact = doodle()
    atlas = build(exact)
    before = exact.threads.copy()
    for _ in range(20):
        atlas.paint({"mouth_aaa": 1.0})
    assert atlas.wait(60.0)
    assert before <= {threading.current_thread().name, "pose-atlas"}
    assert exact.threads == {threading.current_thread().name, "pose-atlas"}
    assert len(exact.asked) == 4 + 3 + len(plan(exact.rig)) + len(MOVING)


def test_an_interrupted_rendering_is_gone_on_with(build: Build, doodle: type) -> None:
    first = doodle(seconds=0.005)
    atlas = build(first)
    until(lambda: (atlas.progress or 0.0) > 0.3)
    atlas.close()
    assert first.closed and not renderers()
    assert not atlas.note.startswith("pose atlas of")
    second = doodle()
    again = build(second)
    assert again.wait(60.0)
    saved = len(first.asked) - 2 - 3
    assert len(second.asked) < len(plan(second.rig)) + 4 + len(MOVING) - 0.9 * saved
    assert np.array_equal(again.paint({"mouth_aaa": 1.0}), doodle().paint({"mouth_aaa": 1.0}))


def test_a_finished_atlas_is_read_and_nothing_rendered(build: Build, doodle: type) -> None:
    first = build(doodle())
    assert first.wait(60.0)
    second = doodle()
    again = build(second)
    assert again.wait(60.0)
    assert len(second.asked) == 4, "the first look"
    assert again.note == first.note
    pose = {"head_y": 0.3, "mouth_eee": 0.6, "iris_rotation_y": 0.4}
    assert np.abs(again.paint(pose).astype(int) - first.paint(pose)).max() <= 2


def test_a_broken_file_is_rendered_anew(build: Build, doodle: type, tmp_path: Path) -> None:
    assert build(doodle()).wait(60.0)
    broken = tmp_path / "atlas" / "mouth_aaa+1.00.npz"
    whole = broken.read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    (tmp_path / "atlas" / "mouth_ooo+1.00.npz").write_bytes(b"not ours")
    np.savez(tmp_path / "atlas" / "mouth_uuu+0.50.npz", place=np.array([120, 120]), change=np.zeros((9, 9, 4)), flow=1)
    np.savez(tmp_path / "atlas" / "head_y+0.50.npz", turn=np.zeros((3, 3, 2)))
    second = doodle()
    again = build(second)
    assert again.wait(60.0)
    assert [dict(pose) for pose in second.asked[4:]] == [
        {"mouth_aaa": 1.0},
        {"mouth_ooo": 1.0},
        {"mouth_uuu": 0.5},
        {"head_y": 0.5},
    ]
    assert np.array_equal(again.paint({"mouth_aaa": 1.0}), doodle().paint({"mouth_aaa": 1.0}))


def test_another_picture_in_its_place_is_rendered_anew(build: Build, doodle: type) -> None:
    assert build(doodle()).wait(60.0)
    green = doodle(skin=(150, 220, 150, 255))
    atlas = build(green)
    assert atlas.wait(60.0)
    assert len(green.asked) > len(plan(green.rig))
    assert np.array_equal(atlas.paint({"mouth_aaa": 1.0}), doodle((150, 220, 150, 255)).paint({"mouth_aaa": 1.0}))


def test_close_ends_it_promptly_and_leaves_no_thread(build: Build, doodle: type) -> None:
    slow = doodle(seconds=0.05)
    atlas = build(slow)
    until(lambda: bool(atlas.progress))
    began = time.monotonic()
    atlas.close()
    assert time.monotonic() - began < 1.0
    assert slow.closed and not renderers()


def test_an_avatar_that_fails_leaves_what_there_is(build: Build, doodle: type) -> None:
    class Failing(doodle):  # type: ignore[misc]
        def paint(self, pose: Pose) -> Pixels:
            if len(self.asked) > 40:
                raise MemoryError("no room")
            return super().paint(pose)  # type: ignore[no-any-return]

    avatar = Failing()
    atlas = build(avatar)
    assert atlas.wait(60.0)
    assert avatar.closed and atlas.progress is None
    assert atlas.note.startswith("pose atlas of doodle, left at ") and atlas.note.endswith("%: MemoryError: no room")
    assert np.array_equal(atlas.paint({"mouth_aaa": 1.0}), doodle().paint({"mouth_aaa": 1.0}))


def test_a_folder_that_cannot_be_written_costs_only_the_memory_of_it(
    build: Build, doodle: type, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "atlas").write_text("a file where a folder should be")
    atlas = build(doodle())
    assert atlas.wait(60.0)
    assert "dB" in atlas.note and "cannot be kept" in caplog.text


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_up(file: BinaryIO, **arrays: object) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", fill_up)
    store = Store(tmp_path / "atlas")
    store.save("turn", {"turn": np.zeros(1)})
    assert list(store.folder.iterdir()) == [] and store.load("turn") is None


def test_a_stored_nearness_that_is_none_is_measured_anew(build: Build, doodle: type, tmp_path: Path) -> None:
    first = build(doodle())
    assert first.wait(60.0)
    np.savez(tmp_path / "atlas" / "nearness.npz", something=np.array(1.0))
    again = build(doodle())
    assert again.wait(60.0)
    assert again.note == first.note


def test_the_key_follows_the_content(character: Character) -> None:
    size = (128, 112)
    key = content_key(character, size)
    assert key == content_key(character, size) and len(key) == 16
    (character.folder / "character.toml").write_text('avatar = "fake"\npersona = "You are somebody else."\n')
    assert content_key(character, size) == key
    (character.folder / "_animator.json").write_text('{"target_fps": 30}')
    (character.folder / "_emotions.json").write_text("{}")
    assert content_key(character, size) == key, "motion is no picture"
    assert content_key(replace(character, options={"variant": "half"}), size) != key
    assert content_key(replace(character, picture="other.png"), size) != key
    assert content_key(character, (64, 64)) != key
    (character.folder / "picture.png").write_bytes(b"another picture")
    assert content_key(character, size) != key


def test_the_oldest_atlases_go_where_there_is_too_much(character: Character, tmp_path: Path) -> None:
    root = tmp_path / "store"
    own = root / f"{character.name}-{content_key(character, (128, 112))}"
    for age, folder in enumerate((root / "newest", root / "older", own)):
        folder.mkdir(parents=True)
        (folder / "part.npz").write_bytes(bytes(9_000_000))
        stamp = time.time() - 1000 * age
        os.utime(folder, (stamp, stamp))
    Store.of(root, character, (128, 112), max_mb=20)
    assert sorted(path.name for path in root.iterdir()) == sorted(["newest", own.name])


def test_a_file_that_goes_while_sizes_are_taken_is_no_error(character: Character, tmp_path: Path) -> None:
    folder = tmp_path / "store" / "other"
    folder.mkdir(parents=True)
    (folder / "gone.part").symlink_to(folder / "nothing")
    (folder / "part.npz").write_bytes(bytes(1_000_000))
    Store.of(tmp_path / "store", character, (128, 112), max_mb=20)
    assert Store(folder).megabytes == 1.0


def test_atlases_of_somebody_else_can_be_read(
    character: Character, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(f"not yours: {path}")

    store = Store.of(tmp_path, character, (128, 112), max_mb=20)
    store.save("ground", {"common": np.ones(3)})
    monkeypatch.setattr(os, "utime", refuse)
    again = Store.of(tmp_path, character, (128, 112), max_mb=20).load("ground")
    assert again is not None and again["common"].tolist() == [1.0, 1.0, 1.0]
    assert "cannot be tidied up: not yours" in caplog.text
