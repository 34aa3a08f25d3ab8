"""python -m kuchipaku character fit | add."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from kuchipaku import BadRequest, KuchipakuError
from kuchipaku.commands import character
from tests.kuchipaku.fitting.drawings import draw_person


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    character.add_parser(parser.add_subparsers())
    given = parser.parse_args(["character", *argv])
    return int(given.run(given))


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUCHIPAKU_FOLDERS__CHARACTERS", str(tmp_path / "characters"))
    draw_person((320, 320), (160, 140), 48).on("white").save(tmp_path / "My Robin.png")
    return tmp_path


def test_fit_writes_the_picture_its_anchors_and_a_preview(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fit", "My Robin.png", "--out", "out", "--avatar", "tha3") == 0
    told = capsys.readouterr().out
    assert "ok   background: the plain background was taken away" in told
    assert "score: " in told
    assert sorted(path.name for path in (place / "out").iterdir()) == [
        "my-robin-fitted.png", "my-robin-fitted.toml", "my-robin-fitted_preview.png",
    ]  # fmt: skip
    with Image.open(place / "out" / "my-robin-fitted.png") as picture:
        assert (picture.size, picture.mode) == ((512, 512), "RGBA")
    assert "eyes" in tomllib.loads((place / "out" / "my-robin-fitted.toml").read_text())["puppet"]


def test_what_cannot_be_mended_is_the_exit_status(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (90, 90), "#777").save(place / "wall.png")
    assert run("fit", "wall.png") == 1
    assert "FAIL head: no face was found" in capsys.readouterr().out
    assert not (place / "wall-fitted.toml").exists()


def test_the_picture_itself_is_never_written_over(place: Path) -> None:
    Image.new("RGB", (90, 90), "#777").save(place / "wall.png")
    before = (place / "wall.png").read_bytes()
    run("fit", "wall.png")
    with pytest.raises(BadRequest, match="is the picture itself"):
        run("fit", "wall.png", "--name", "wall")
    assert (place / "wall.png").read_bytes() == before
    assert (place / "wall-fitted.png").is_file()


def test_where_nothing_can_be_written_it_says_so(place: Path) -> None:
    (place / "file").write_text("")
    with pytest.raises(KuchipakuError, match="cannot be written") as caught:
        run("fit", "My Robin.png", "--out", "file")
    assert "--out" in caught.value.hint
    with pytest.raises(BadRequest, match="no name of a file"):
        run("fit", "My Robin.png", "--name", "../robin")


def test_add_makes_a_character(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add", "My Robin.png", "--title", "Robin") == 0
    written = tomllib.loads((place / "characters" / "my-robin" / "character.toml").read_text())
    assert (written["title"], written["avatar"]) == ("Robin", "puppet")
    assert [layer.get("draw") for layer in written["puppet"]["layers"]] == [None, "mouth", "eyes", "brows"]
    assert "added: " in capsys.readouterr().out


def test_a_folder_is_a_model(place: Path) -> None:
    (place / "lam").mkdir()
    with pytest.raises(BadRequest, match=r"character_model\.yaml is missing"):
        run("add", "lam")


def test_a_missing_picture_and_a_name_of_nothing_are_told() -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        run("fit", "none.png")
    with pytest.raises(BadRequest, match="gives no name"):
        character.name_from(Path("/日本.png"))
