from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kuchipaku import hookimpl
from kuchipaku.commands import doctor
from kuchipaku.commands.doctor import Finding
from kuchipaku.commands.packages import fits, requirements
from kuchipaku.services import Services
from kuchipaku.settings import Settings
from kuchipaku.testing import fake_services
from kuchipaku.weights import Published, WeightFile, checksums

ROOT = Path(__file__).parents[3]


def states(findings: Iterator[Finding]) -> list[str]:
    return [finding.state for finding in findings]


def only(findings: Iterator[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_a_failure_decides_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = Finding("ok", "one"), Finding("FAIL", "two", "mend two")
    assert (doctor.told([good, Finding("note", "three")]), doctor.told([bad, good])) == (0, 1)
    assert "FAIL two  -> mend two" in capsys.readouterr().out


@pytest.mark.parametrize(("version", "state"), [((3, 10), "FAIL"), ((3, 11), "ok"), ((3, 13), "ok"), ((3, 14), "FAIL")])
def test_python_is_one_that_the_server_runs_on(version: tuple[int, int], state: str) -> None:
    assert states(doctor.python(version)) == [state]


@pytest.mark.parametrize(
    ("installed", "bounds", "expected"),
    [
        ("3.1.0", ">=3.1,<4", True),
        ("4.0", ">=3.1,<4", False),
        ("3.0.9", ">=3.1", False),
        ("0.2.4", "==0.2.4", True),
        ("0.2.10", "==0.2.4", False),
        ("2.10", ">=2.9", True),
        ("1.0rc1", ">=1.0", True),
        ("1.2", "", True),
    ],
)
def test_versions_are_compared_by_their_numbers(installed: str, bounds: str, expected: bool) -> None:
    assert fits(installed, bounds) is expected


def test_a_requirements_file_is_read_without_comments_and_includes(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# base\n-r other.txt\n\nflask>=3.1,<4  # routes\nnumpy\ntomli>=1; python_version<'3.11'\n")
    assert [(r.name, r.bounds) for r in requirements(file)] == [
        ("flask", ">=3.1,<4"),
        ("numpy", ""),
        ("tomli", ">=1"),
    ]


def test_a_missing_and_an_old_package_are_named_with_the_command(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("numpy>=900\nno-such-package-at-all>=1\npytest\n")
    old, missing = doctor.packages(file)
    assert old.what.startswith("package numpy is ") and ">=900" in old.what
    assert missing.what == "package no-such-package-at-all is not installed"
    assert old.command == missing.command == "python -m pip install -r requirements.txt"


def test_all_requirements_of_this_project_are_met() -> None:
    assert states(doctor.packages(ROOT / "requirements.txt")) == ["ok"]


def test_packages_of_neural_avatars_may_be_missing(tmp_path: Path) -> None:
    file = tmp_path / "requirements-neural.txt"
    file.write_text("-r requirements.txt\nno-such-package-at-all>=1\nnumpy>=900\npytest\n")
    told = only(doctor.neural(file))
    assert (told.state, told.command) == ("note", "python -m pip install -r requirements-neural.txt")
    assert told.what.startswith("no neural avatars: no-such-package-at-all is not installed, numpy is ")
    file.write_text("pytest\n")
    assert only(doctor.neural(file)) == Finding("ok", "1 packages for neural avatars, as requirements-neural.txt asks")


def driver(folder: Path, script: str) -> str:
    """A folder for PATH with an nvidia-smi of our own."""
    file = folder / "nvidia-smi"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("printf 'NVIDIA H200\\nNVIDIA L4\\n'", Finding("ok", "graphics card NVIDIA H200, NVIDIA L4")),
        ("exit 9", Finding("note", "no NVIDIA graphics card: networks run on the processor")),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="the driver of this test is a shell script")
def test_the_driver_is_asked_for_graphics_cards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, expected: Finding
) -> None:
    monkeypatch.setenv("PATH", driver(tmp_path, script))
    assert only(doctor.device()) == expected


def test_without_a_driver_there_is_no_graphics_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert states(doctor.device()) == ["note"]


class Publisher:
    @hookimpl
    def published_weights(self) -> list[Published]:
        return [
            Published(name, "", "MIT", "", "", "", name, (WeightFile("a.yaml", "https://example.org/a"),), also)
            for name, also in (("first-net", ("net",)), ("second-net", ()))
        ]


def test_no_weights_at_all_are_a_note_with_the_command(tmp_path: Path) -> None:
    told = only(weights_told(tmp_path))
    assert told == Finding("note", "no weights for neural avatars", "python -m kuchipaku models fetch net")


def test_weights_that_are_here_are_told_with_their_state(tmp_path: Path) -> None:
    for name in ("first-net", "second-net"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text("a: 1\n")
    checksums.add(tmp_path, {"second-net/a.yaml": checksums.Record("0" * 64, "", "")})
    assert list(weights_told(tmp_path)) == [
        Finding("note", "weights first-net: unchecked", "python -m kuchipaku models fetch first-net"),
        Finding("FAIL", "weights second-net: changed", "python -m kuchipaku models verify second-net"),
    ]


def weights_told(folder: Path) -> Iterator[Finding]:
    """What the doctor says of the folder of models where two networks are published."""
    services = fake_services(folder / "characters", Publisher(), settings={"folders": {"models": str(folder)}})
    yield from doctor.models(services)
    services.shutdown()


def test_wrong_settings_are_told_and_the_rest_is_still_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[server]\nprot = 1\n")
    found: list[Settings] = []
    told = only(doctor.settings_file(file, {}, found))
    assert told.state == "FAIL" and "prot" in told.what and "port" in told.command
    assert found == [Settings()]


def test_the_parts_of_a_server_are_tried(services: Services) -> None:
    checks = (doctor.plugins, doctor.voice, doctor.emotions, doctor.answers)
    assert [only(check(services)).state for check in checks] == ["ok"] * 4
    assert "hum speaks" in only(doctor.voice(services)).what


def test_a_character_whose_picture_is_empty_fails(services: Services) -> None:
    told = only(doctor.characters(services))
    assert told == Finding("FAIL", "character test is an empty picture", "see docs/characters.md")


def test_a_broken_character_does_not_hide_the_others(tmp_path: Path) -> None:
    services = fake_services(tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "character.toml").write_text("titel = 1\n")
    told = list(doctor.characters(services))
    services.shutdown()
    assert [finding.what.split()[1].rstrip(":") for finding in told] == ["broken", "test"]
    assert "titel" in told[0].what


def test_a_plugin_that_fails_is_named_with_its_reason(tmp_path: Path) -> None:
    services = fake_services(tmp_path)
    services.plugins.fail("fakes", RuntimeError("no batteries"))
    failed, ready = doctor.plugins(services)
    services.shutdown()
    assert failed.state == "FAIL" and "no batteries" in failed.what
    assert ready.what == "0 plugins ready"


def test_a_free_port_is_free_and_a_held_one_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        number = held.getsockname()[1]
        held.close()
        assert states(doctor.port("127.0.0.1", number)) == ["ok"]
    with socket.create_server(("127.0.0.1", 0)) as held:
        threading.Thread(target=lambda: held.accept()[0].close(), daemon=True).start()
        told = only(doctor.port("127.0.0.1", held.getsockname()[1]))
    assert told.state == "FAIL" and "--port" in told.command


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"ok": True, "version": "9.9", "llm": {}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None: ...


def test_a_port_that_we_hold_ourselves_is_a_note() -> None:
    with HTTPServer(("127.0.0.1", 0), Health) as running:
        answering = threading.Thread(target=running.handle_request)
        answering.start()
        told = only(doctor.port("127.0.0.1", running.server_port))
        answering.join(5.0)
    assert told.state == "note" and "9.9 runs there already" in told.what


def test_a_folder_that_is_not_there_fails_with_the_command(tmp_path: Path) -> None:
    gone = Settings.model_validate({"folders": {"characters": str(tmp_path / "gone")}})
    here = Settings.model_validate({"folders": {"characters": str(tmp_path)}})
    assert "mkdir -p" in only(doctor.folders(gone)).command
    assert states(doctor.folders(here)) == ["ok"]


def test_the_key_is_never_shown() -> None:
    told = only(doctor.key({"GROQ_API_KEY": "gsk_secret"}))
    assert told.state == "ok" and "gsk_secret" not in str(told)
    assert states(doctor.key({})) == ["note"]


def test_a_check_that_cannot_run_is_a_failure_with_its_reason() -> None:
    def needs_more() -> Iterator[Finding]:
        raise ImportError("No module named 'fpng'")
        yield Finding("ok", "never")

    told = only(doctor.guarded("packages", needs_more))
    assert (told.state, told.what) == ("FAIL", "packages: No module named 'fpng'")
    assert told.command == "python -m pip install -r requirements.txt"


def test_it_works_where_half_of_the_packages_are_missing() -> None:
    missing = ["cv2", "espeakng_loader", "fpng", "groq", "httpx", "PIL", "simplejpeg", "soundfile", "waitress"]
    code = (
        f"import runpy, sys; sys.modules.update(dict.fromkeys({missing!r}));"
        "sys.argv = ['kuchipaku', 'doctor']; runpy.run_module('kuchipaku', run_name='__main__')"
    )
    alone = {**os.environ, "GROQ_API_KEY": "gsk_secret"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=alone, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("cannot be imported") == len(missing)
    assert "gsk_secret" not in done.stdout + done.stderr
