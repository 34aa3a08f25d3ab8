"""python -m kuchipaku keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuchipaku.__main__ import main
from kuchipaku.keys import read_keys


def run(*arguments: str) -> int:
    return main(["keys", *arguments])


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_key_is_added_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add", "phone") == 0
    printed = capsys.readouterr().out.strip()
    assert [key.secret for key in read_keys(Path("api_key.txt"))] == [printed]
    assert run("add", "tablet") == 0
    capsys.readouterr()
    assert run("list") == 0
    assert capsys.readouterr().out == "phone\ntablet\n"
    assert run("revoke", "phone") == 0
    assert capsys.readouterr().out == "phone is revoked; 1 key is left\n"
    assert run("revoke", "tablet") == 0
    assert capsys.readouterr().out == "tablet is revoked; no keys are left\n"


def test_the_file_is_the_one_that_the_settings_or_the_flag_name(tmp_path: Path) -> None:
    Path("settings.toml").write_text('[server]\napi_key_file = "doors.txt"\n')
    assert run("add", "phone") == 0
    assert run("add", "phone", "--api-key-file", "others.txt") == 0
    assert sorted(file.name for file in tmp_path.glob("*.txt")) == ["doors.txt", "others.txt"]


def test_what_goes_wrong_is_told_with_the_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 1
    assert capsys.readouterr().err == (
        "error: there is no key file api_key.txt\nhint: make one: python -m kuchipaku keys add NAME\n"
    )
    Path("api_key.txt").write_text("mine\n")
    assert run("revoke", "nobody") == 1
    assert capsys.readouterr().err == "error: no key is called 'nobody'\nhint: known: key-1\n"
