"""docs/plugins.md and docs/timeline.md against what stands."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import server
from kuchipaku import Timeline, hookspecs, testing
from kuchipaku.plugins import load_plugins
from kuchipaku.services import build_services
from kuchipaku.settings import Settings
from kuchipaku.testing import fake_character, fake_services
from kuchipaku.web import create_app
from modules.lipsync.visemes import VISEMES, visemes_of

ROOT = Path(__file__).parents[1]
PLUGINS = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
TIMELINE = (ROOT / "docs" / "timeline.md").read_text(encoding="utf-8")

HOOKS = {name: hook for name, hook in vars(hookspecs).items() if hasattr(hook, "kuchipaku_spec")}
TUTORIAL = re.compile(r"# (plugins/\w+\.py)\n")


def blocks(text: str, language: str) -> list[str]:
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for block in found]


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one."""
    return re.split(r"(?m)^##+ ", text.partition(f"{heading}\n")[2], maxsplit=1)[0]


def heading(hook: str) -> str:
    return f"### {hook}({', '.join(inspect.signature(HOOKS[hook]).parameters)})"


def test_every_hook_has_a_heading_with_its_exact_arguments() -> None:
    documented = re.findall(r"(?m)^### .*$", PLUGINS)
    assert sorted(documented) == sorted(heading(hook) for hook in HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_paragraph(hook: str) -> None:
    about = section(PLUGINS, heading(hook)).partition("```")[0]
    assert 100 < len(about) < 700


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_user_among_our_modules(hook: str) -> None:
    users = [info.name for info in load_plugins(server.BUILT_IN).infos() if hook in info.hooks]
    assert users, f"no module in server.BUILT_IN uses {hook}"


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_test_named_for_it(hook: str) -> None:
    names = [n for path in ROOT.glob("tests/**/test_*.py") for n in re.findall(r"def (test_\w+)", path.read_text())]
    assert any(name.startswith(f"test_{hook}_") for name in names)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_of_a_hook_is_a_plugin_that_works(
    hook: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (source,) = blocks(section(PLUGINS, heading(hook)), "python")
    plugin = ModuleType(hook)
    exec(compile(source, f"docs/plugins.md: {hook}", "exec"), plugin.__dict__)
    services = fake_services(tmp_path, plugin)
    told = create_app(services).test_client().post("/api/perform", json={"text": "Well, hello there!"})
    assert '"reason": "complete"' in told.get_data(as_text=True)
    services.shutdown()
    (info,) = (info for info in services.plugins.infos() if info.name == hook)
    assert (info.state, info.hooks) == ("ready", (hook,))
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


CONFORMANCE: list[tuple[str, str, Callable[[Any], None]]] = [
    ("register_llms", "oracle", testing.check_language_model),
    ("register_voices", "noise", testing.check_voice),
    ("register_avatars", "lamp", testing.check_avatar),
    ("register_aligners", "one-vowel", testing.check_aligner),
]


@pytest.mark.parametrize(("hook", "name", "check"), CONFORMANCE)
def test_the_engines_in_the_examples_keep_their_promises(
    hook: str, name: str, check: Callable[[Any], None], tmp_path: Path
) -> None:
    (source,) = blocks(section(PLUGINS, heading(hook)), "python")
    example: dict[str, Any] = {}
    exec(source, example)
    offered: dict[str, Callable[..., Any]] = {}
    example[hook](offered.__setitem__)
    build = offered[name]
    check(build(fake_character(tmp_path)) if hook == "register_avatars" else build())


def test_the_other_code_runs() -> None:
    shown = section(PLUGINS, "## Layers and their order"), section(PLUGINS, "## Testing")
    for source in (block for text in shown for block in blocks(text, "python")):
        exec(source, {})


def test_the_settings_shown_are_toml() -> None:
    assert [tomllib.loads(block) for block in blocks(PLUGINS, "toml")] == [
        {"project": {"entry-points": {"kuchipaku": {"beep": "kuchipaku_beep"}}}},
        {"plugins": {"beep": {"hertz": 880}}},
    ]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of somebody who did what the page says."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "plugins").mkdir()
    for block in blocks(PLUGINS, "python"):
        if name := TUTORIAL.match(block):
            (folder / name[1]).write_text(block.removeprefix(name[0]), encoding="utf-8")
    return folder


def test_the_voice_of_the_tutorial_speaks(followed: Path) -> None:
    plugins = load_plugins(server.BUILT_IN, followed / "plugins")
    assert [(info.name, info.state) for info in plugins.infos() if info.origin == "folder"] == [("beep", "ready")]
    settings = Settings.model_validate({"folders": {"characters": str(ROOT / "characters")}})
    client = create_app(build_services(plugins, settings)).test_client()
    (command,) = blocks(section(PLUGINS, "## A voice in four steps"), "sh")
    body = re.findall(r"-d '(.*)'", command)[0]
    heard = client.post("/api/speech", json=json.loads(body)).get_json()
    assert heard["duration"] == pytest.approx(0.5)
    assert [phone["symbol"] for phone in heard["phones"]] == [*"hello"]
    assert client.get("/" + heard["audio_url"]).data.startswith(b"RIFF")


def test_the_test_of_the_tutorial_passes(followed: Path) -> None:
    command = [sys.executable, "-m", "pytest", str(followed / "plugins"), "-q", "-p", "no:cacheprovider"]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


@pytest.mark.parametrize("page", ["plugins.md", "timeline.md", "http.md", "extras.md", "security.md"])
def test_links_to_other_pages_and_places_lead_somewhere(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    anchors = {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in re.findall(r"(?m)^#+ (.*)$", text)}
    anchors |= set(re.findall(r'<a id="(\w+)">', text))
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in anchors
        elif "//" not in target:
            assert (ROOT / "docs" / target.partition("#")[0]).is_file()


def test_the_timeline_shown_is_one() -> None:
    (example,) = blocks(TIMELINE, "json")
    shown = json.loads(example)
    assert Timeline.from_json(shown).to_json() == shown


def test_the_code_that_reads_the_timeline_runs() -> None:
    (example,), (source,) = blocks(TIMELINE, "json"), blocks(TIMELINE, "python")
    exec(source, {"text": example})


def test_the_mouth_shown_has_no_gaps() -> None:
    mouth = Timeline.from_json(json.loads(blocks(TIMELINE, "json")[0])).track("mouth")
    assert [cue.end for cue in mouth] == [*(cue.start for cue in mouth[1:]), 0.62]


def test_the_table_of_visemes_is_what_the_lips_do() -> None:
    table = dict(re.findall(r"`(\w+)` \| ([^|]+) \|", section(TIMELINE, "## Tracks")))
    assert sorted(table) == sorted(VISEMES)
    assert table.pop("sil").strip() == "silence"
    for viseme, sounds in table.items():
        assert [(sound, [part.viseme for part in visemes_of(sound)]) for sound in sounds.split()] == [
            (sound, [viseme]) for sound in sounds.split()
        ]
