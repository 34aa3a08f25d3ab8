"""The puppet as a plugin."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kuchipaku import Avatar, Character
from kuchipaku.character import read_character
from modules import puppet

ROOT = Path(__file__).resolve().parents[3]


def test_it_offers_the_avatar_kind_puppet() -> None:
    kinds: dict[str, Callable[[Character], Avatar]] = {}
    puppet.register_avatars(kinds.__setitem__)
    assert list(kinds) == ["puppet"]
    assert kinds["puppet"](read_character(ROOT / "characters" / "sumire")).size == (512, 512)


def test_importing_it_loads_no_picture_library() -> None:
    code = "import modules.puppet, sys; sys.exit('cv2' in sys.modules or 'modules.puppet.avatar' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
