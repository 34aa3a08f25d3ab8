from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kuchipaku.commands import new_plugin as command
from kuchipaku.commands.new_plugin import KINDS, new_plugin
from kuchipaku.errors import BadRequest, Busy
from kuchipaku.plugins import load_plugins

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new plugin of each kind, far from this project."""
    folder = tmp_path_factory.mktemp("elsewhere") / "plugins"
    for kind in KINDS:
        new_plugin(f"my_{kind}", kind, folder)
    return folder


def ran(*arguments: str, cwd: Path = ROOT, **environment: str) -> None:
    alone = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    here = {**os.environ, **alone, **environment}
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=cwd, env=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_tests_pass_when_run_from_the_folder_of_the_server(written: Path) -> None:
    ran("pytest", str(written), "-q", "-W", "error", "-p", "no:cacheprovider")


def test_its_tests_pass_from_anywhere_with_the_server_on_the_path(written: Path) -> None:
    ran("pytest", "plugins/my_voice", "-q", "-p", "no:cacheprovider", cwd=written.parent, PYTHONPATH=str(ROOT))


def test_ruff_has_nothing_to_say(written: Path) -> None:
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    ran("ruff", "check", *config, str(written))
    ran("ruff", "format", "--check", *config, str(written))


def test_mypy_has_nothing_to_say(written: Path) -> None:
    ran("mypy", *(str(written / f"my_{kind}") for kind in KINDS))


def test_the_server_loads_it(written: Path) -> None:
    infos = load_plugins([], written).infos()
    assert [(info.name, info.state, info.version, info.hooks) for info in infos] == [
        ("my_avatar", "ready", "0.1.0", ("register_avatars",)),
        ("my_layer", "ready", "0.1.0", ("animate",)),
        ("my_llm", "ready", "0.1.0", ("register_llms",)),
        ("my_voice", "ready", "0.1.0", ("register_voices",)),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_plugin_a_part_and_a_test(written: Path, kind: str) -> None:
    files = {path.name for path in (written / f"my_{kind}").iterdir() if path.suffix == ".py"}
    assert {"__init__.py", f"test_my_{kind}.py"} < files
    assert len(files) == 3


@pytest.mark.parametrize(
    "name", ["", "Nova", "9lives", "my-voice", "a b", "../up", "ünder", "test_it", "class", "_own", "n" * 41]
)
def test_a_bad_name_is_refused_with_the_rule(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadRequest, match="cannot be a plugin's name") as caught:
        new_plugin(name, "voice", tmp_path)
    assert "a letter first" in caught.value.hint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["json", "numpy", "kuchipaku", "modules", "encoders"])
def test_a_name_that_would_hide_another_module_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Busy, match="the name of another module"):
        new_plugin(name, "voice", tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "nova").mkdir()
    (tmp_path / "stella.py").write_text("mine = 1\n")
    for name in ("nova", "stella"):
        with pytest.raises(Busy, match="exists already"):
            new_plugin(name, "voice", tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["nova", "stella.py"]


def test_nothing_is_left_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "templates" / "voice"
    broken.mkdir(parents=True)
    (broken / "__init__.py.txt").write_text("$name\n")
    (broken / "voice.py.txt").write_text("$unknown\n")
    monkeypatch.setattr(command, "TEMPLATES", tmp_path / "templates")
    with pytest.raises(KeyError):
        new_plugin("nova", "voice", tmp_path / "plugins")
    assert not list((tmp_path / "plugins").iterdir())


def test_it_says_what_was_written_and_what_to_do_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from kuchipaku.__main__ import main

    assert main(["new-plugin", "nova", "--kind", "layer", "--folder", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert f"written: {tmp_path / 'nova' / 'test_nova.py'}" in told
    assert f"python -m pytest {tmp_path / 'nova'}" in told
    assert f"PYTHONPATH={ROOT}" in told
    assert f"python server.py --plugins {tmp_path}" in told


def test_a_refusal_is_one_error_and_one_hint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from kuchipaku.__main__ import main

    assert main(["new-plugin", "No!", "--folder", str(tmp_path)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "error: 'No!' cannot be a plugin's name"
    assert told[1].startswith("hint: a-z")
