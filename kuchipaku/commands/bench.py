"""python -m kuchipaku bench: measures the figures that the server is held to."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from kuchipaku.bench.figures import FIGURES, FULL, QUICK, Effort, Report
from kuchipaku.errors import BadRequest

KEYS = tuple(figure.key for figure in FIGURES)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's name and flags."""
    parser = commands.add_parser("bench", help="measure speed, delays and memory, against their targets")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too, as one flat object")
    parser.add_argument("--only", metavar="NAME,...", default="", help=f"only some of: {', '.join(KEYS)}")
    parser.add_argument("--quick", action="store_true", help="less exact, in under a minute")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Measure, print, and write what was asked for. The exit status is 1 where nothing could be measured."""
    from kuchipaku.bench.machine import facts

    keys, known = chosen(given.only), facts()
    report = measured(keys, QUICK if given.quick else FULL)
    print(report.table(keys))
    print("\n".join(f"{name:10} {value}" for name, value in known.items()))
    if given.json:
        given.json.write_text(json.dumps(report.flat(keys, known), indent=2) + "\n", encoding="utf-8")
    return 0 if report.values else 1


def chosen(only: str) -> list[str]:
    """The figures named in `only`, comma-separated; all for an empty one. Raises BadRequest for an unknown name."""
    wanted = [name.strip() for name in only.split(",") if name.strip()]
    for name in wanted:
        if name not in KEYS:
            raise BadRequest(f"there is no figure {name!r}", hint=f"known: {', '.join(KEYS)}")
    return [key for key in KEYS if key in wanted] if wanted else list(KEYS)


def measured(keys: Sequence[str], effort: Effort) -> Report:
    """The figures of `keys`, measured one after the other, each told on standard error."""
    from kuchipaku.bench.tasks import TASKS, Bench

    report, bench = Report(), Bench(effort)
    try:
        for task in TASKS:
            if set(task.keys) & set(keys):
                began = time.monotonic()
                report.take(task.keys, lambda measure=task.measure: measure(bench))  # type: ignore[misc]
                print(f"  {time.monotonic() - began:5.1f} s  {', '.join(task.keys)}", file=sys.stderr, flush=True)
    finally:
        bench.close()
    return report
