"""python -m kuchipaku bench | character | doctor | keys | models | new-plugin | settings-example"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from kuchipaku.commands import bench, character, doctor, keys, models, new_plugin, settings_example
from kuchipaku.errors import KuchipakuError


def main(argv: Sequence[str]) -> int:
    """Run one command. The exit status."""
    parser = argparse.ArgumentParser(prog="python -m kuchipaku", description="Tools around the server.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (bench, character, doctor, keys, models, new_plugin, settings_example):
        command.add_parser(commands)
    given = parser.parse_args(argv)
    try:
        return int(given.run(given))
    except KuchipakuError as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
