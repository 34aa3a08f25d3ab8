"""The scripts that set up and start, where no fitting Python is to be found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.skipif(sys.platform == "win32", reason="shell scripts")
@pytest.mark.parametrize("script", ["start.sh", "test.sh"])
@pytest.mark.parametrize("version", ["none", "3.14"])
def test_without_a_fitting_python_the_script_says_so_and_ends(tmp_path: Path, script: str, version: str) -> None:
    shutil.copy(ROOT / script, tmp_path)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("dirname", "cmp", "cat"):
        (programs / name).symlink_to(shutil.which(name) or name)
    if version != "none":
        (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
        (programs / "python3").chmod(0o755)
    bash = shutil.which("bash") or "bash"
    ran = subprocess.run([bash, script], cwd=tmp_path, env={"PATH": str(programs)}, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: Python 3.11, 3.12 or 3.13 with venv was not found")
    assert "command not found" not in ran.stderr
    assert not (tmp_path / ".venv").exists()


def test_on_windows_too_only_a_fitting_python_is_taken() -> None:
    script = (ROOT / "start.bat").read_text()
    order = [script.index(f":make {name} ") for name in ("py -3.13", "py -3.12", "py -3.11", "python")]
    assert order == sorted(order)
    assert "py -3 " not in script
    assert "(3, 11) <= sys.version_info < (3, 14)" in script


def test_every_requirements_file_makes_the_tests_install_anew() -> None:
    assert (ROOT / "test.sh").read_text().count("cat requirements*.txt") == 2
