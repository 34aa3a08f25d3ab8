"""When an atlas is put in front of an avatar; what it costs otherwise; its command line and its figures."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import modules.atlas
from kuchipaku import Avatar, Character, Rig, Settings, hookimpl
from kuchipaku.services import Services
from kuchipaku.testing import fake_services
from modules.atlas import benchmark, render, speed, wrap_avatar
from modules.atlas.avatar import AtlasAvatar
from modules.atlas.benchmark import compared
from modules.atlas.picture import psnr, ssim
from modules.atlas.settings import AtlasSettings
from modules.atlas.speed import look_at


def settings(tmp_path: Path, mode: str, fps: int = 30) -> Settings:
    own = AtlasSettings.model_validate({"mode": mode, "folder": tmp_path / "atlas"})
    return Settings.model_validate({"stream": {"fps": fps}, "plugins": {"atlas": own}})


def wrapped(avatar: Avatar, character: Character, chosen: Settings) -> AtlasAvatar | None:
    made = wrap_avatar(avatar=avatar, character=character, settings=chosen)
    if made is not None:
        made.close()
    return made


def test_a_fast_avatar_is_left_alone(doodle: type, character: Character, tmp_path: Path) -> None:
    fast = doodle()
    assert wrapped(fast, character, settings(tmp_path, "auto")) is None
    assert len(fast.asked) == 4 and not fast.closed
    assert not (tmp_path / "atlas").exists()


def test_a_slow_one_gets_an_atlas(doodle: type, character: Character, tmp_path: Path) -> None:
    slow = doodle(seconds=0.2)
    made = wrapped(slow, character, settings(tmp_path, "auto"))
    assert isinstance(made, AtlasAvatar) and slow.closed
    assert made.size == slow.size and made.rig is slow.rig


def test_slow_is_what_misses_the_wanted_rate(doodle: type) -> None:
    avatar = doodle(seconds=0.02)
    assert look_at(avatar, 10).keeps_up
    assert not look_at(avatar, 100).keeps_up
    hopeless = doodle(seconds=0.1)
    assert not look_at(hopeless, 100).keeps_up
    assert len(hopeless.asked) == 3, "at rest and two more"


@pytest.mark.parametrize(
    ("milliseconds", "tried", "keeps_up"),
    [
        ([5, 5, 5], 3, True),
        ([60, 5, 60], 3, True),
        ([15, 14, 16, 15, 9], 5, True),
        ([15, 14, 16, 15, 15, 16, 14, 15, 16], 9, False),
        ([25, 24, 26], 3, False),
        ([90, 80], 2, False),
    ],
)
def test_a_busy_machine_is_looked_at_for_longer_where_the_line_is_near(
    doodle: type, monkeypatch: pytest.MonkeyPatch, milliseconds: list[int], tried: int, keeps_up: bool
) -> None:
    spans = iter(milliseconds)
    monkeypatch.setattr(speed, "_timed", lambda avatar, pose: (avatar.paint(pose), next(spans) / 1000))
    avatar = doodle()
    look = look_at(avatar, 100)
    assert (look.keeps_up, len(avatar.asked)) == (keeps_up, 1 + tried)
    assert all(a != b for a, b in pairwise(avatar.asked)), "nothing could be kept from the one before"


def test_it_can_be_had_always_and_never(doodle: type, character: Character, tmp_path: Path) -> None:
    assert isinstance(wrapped(doodle(), character, settings(tmp_path, "always")), AtlasAvatar)
    slow = doodle(seconds=0.2)
    assert wrapped(slow, character, settings(tmp_path, "never")) is None
    assert slow.asked == []


def test_an_avatar_of_another_rig_is_left_alone(doodle: type, character: Character, tmp_path: Path) -> None:
    stranger = doodle()
    stranger.rig = Rig(("jaw",), {"jaw": (0.0, 1.0)})
    assert wrapped(stranger, character, settings(tmp_path, "always")) is None


def test_a_wrong_mode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mode"):
        settings(tmp_path, "sometimes")


@pytest.fixture
def served(tmp_path: Path, doodle: type) -> Services:
    class Doodles:
        @hookimpl
        def register_avatars(self, register: Callable[[str, Any], None]) -> None:
            register("doodle", lambda character: doodle())

    options = {"plugins": {"atlas": {"mode": "always", "folder": str(tmp_path / "atlas")}}}
    made = fake_services(tmp_path / "characters", Doodles(), modules.atlas, settings=options)
    (tmp_path / "characters" / "test" / "character.toml").write_text('avatar = "doodle"\n')
    return made


def test_the_stage_shows_the_choice(served: Services) -> None:
    performer = served.stage.performer("test")
    performer.prepare()
    assert "pose atlas of doodle" in performer.note
    served.shutdown()


def test_the_command_renders_and_compares(
    served: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(render, "live_poses", lambda count: [{"mouth_aaa": n / count} for n in range(count)])
    render.render(served, "test", frames=4)
    told = capsys.readouterr().out
    assert f"[{'#' * 40}] 100 %" in told and "dB against exact frames" in told
    assert "over 4 moving poses" in told and "PSNR" in told and "SSIM" in told
    assert len(list((tmp_path / "atlas").glob("test-*/*.npz"))) > 100


def test_the_command_names_a_character_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert render.main(["nobody"]) == 1
    assert "no character is called 'nobody'" in capsys.readouterr().err


def test_the_bar() -> None:
    assert render.bar(0.0) == f"[{'.' * 40}]   0 %"
    assert render.bar(0.5) == f"[{'#' * 20}{'.' * 20}]  50 %"


def test_figures_are_those_of_the_pictures(doodle: type) -> None:
    poses = [{"mouth_aaa": 1.0}, {"head_y": 1.0}]
    same = compared(doodle(), poses, [doodle().paint(pose) for pose in poses])
    assert (same["psnr_min"], same["ssim_min"]) == (99.0, pytest.approx(1.0))
    other = compared(doodle(), poses, [doodle().paint({}) for _ in poses])
    assert other["psnr_min"] < other["psnr_mean"] < 40.0 and other["ssim_min"] < 0.95
    assert other["fps"] == pytest.approx(1000 / other["ms"])


def test_the_benchmark_renders_compares_and_closes(doodle: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "live_poses", lambda count: [{"mouth_aaa": 1.0}] * count)
    avatar = doodle()
    figures = benchmark.measure(avatar, count=3)
    assert avatar.closed and figures["psnr_min"] == 99.0 and figures["ssim_min"] == pytest.approx(1.0)
    assert figures["megabytes"] > 0.1 and figures["render_seconds"] > 0.1 and figures["exact_ms"] > 0.0


def test_live_poses_are_those_of_a_talk() -> None:
    poses = benchmark.live_poses(12)
    assert sum(pose.get("mouth_aaa", 0.0) + pose.get("mouth_eee", 0.0) > 0.1 for pose in poses) >= 3
    assert all(pose["breathing"] >= 0.0 for pose in poses) and len({pose["head_y"] for pose in poses}) == 12


def test_psnr_and_ssim_by_value() -> None:
    a = np.full((32, 32, 4), 100, np.uint8)
    assert psnr(a, a + 5) == pytest.approx(20 * np.log10(255 / 5), abs=1e-4)
    c1 = (0.01 * 255) ** 2
    assert ssim(a, a + 5) == pytest.approx((2 * 100 * 105 + c1) / (100**2 + 105**2 + c1), abs=1e-4)
    assert ssim(a, a) == pytest.approx(1.0)
