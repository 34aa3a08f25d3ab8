"""A contact sheet of a character: `python -m modules.puppet.sheet characters/NAME OUT.png [--poses FILE.toml]`."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw

from kuchipaku import THA_RIG, Avatar, Pose
from kuchipaku.character import read_character
from kuchipaku.pose import spread
from modules.puppet.avatar import Puppet

_GROUPS = (
    "eye_wink", "eye_happy_wink", "eye_surprised", "eye_relaxed", "eye_unimpressed", "eye_raised_lower_eyelid",
    "iris_small", "eyebrow_troubled", "eyebrow_angry", "eyebrow_lowered", "eyebrow_raised", "eyebrow_happy",
    "eyebrow_serious", "mouth_aaa", "mouth_iii", "mouth_uuu", "mouth_eee", "mouth_ooo", "mouth_delta",
    "mouth_lowered_corner", "mouth_raised_corner", "mouth_smirk",
)  # fmt: skip


def every_morph() -> dict[str, Pose]:
    """Rest and each morph at its ends, both sides at once: label -> pose."""
    poses: dict[str, Pose] = {"rest": {}}
    poses |= {name: spread({name: 1.0}) for name in _GROUPS}
    for name, (low, high) in THA_RIG.ranges.items():
        if low < 0:
            poses |= {f"{name} -1": {name: low}, f"{name} +1": {name: high}}
    return poses | {"breathing": {"breathing": 1.0}}


def sheet(avatar: Avatar, poses: Mapping[str, Pose], columns: int = 8, width: int = 200) -> Image.Image:
    """The poses side by side with their labels, on white; `width` of one in pixels."""
    height = width * avatar.size[1] // avatar.size[0]
    rows = -(-len(poses) // columns)
    paper = Image.new("RGB", (columns * width, rows * (height + 14)), "white")
    pen = ImageDraw.Draw(paper)
    for n, (label, pose) in enumerate(poses.items()):
        x, y = n % columns * width, n // columns * (height + 14)
        picture = Image.fromarray(avatar.paint(pose)).resize((width, height), Image.Resampling.LANCZOS)
        paper.paste(picture, (x, y), picture)
        pen.text((x + 4, y + height), label, fill="#555555")
    return paper


def main() -> None:
    """Read the command line and write the sheet."""
    parser = argparse.ArgumentParser(description="Paint a contact sheet of a puppet.")
    parser.add_argument("character", type=Path, help="folder of the character")
    parser.add_argument("out", type=Path, help="PNG file to write")
    parser.add_argument("--poses", type=Path, help="TOML file of poses, label -> morphs (default: every morph)")
    parser.add_argument("--columns", type=int, default=8, help="poses in a row (default 8)")
    parser.add_argument("--width", type=int, default=200, help="width of a pose in pixels (default 200)")
    options = parser.parse_args()
    poses = every_morph()
    if options.poses:
        poses = {label: spread(pose) for label, pose in tomllib.loads(options.poses.read_text("utf-8")).items()}
    puppet = Puppet.of(read_character(options.character))
    sheet(puppet, poses, options.columns, options.width).save(options.out, optimize=True)


if __name__ == "__main__":
    main()
