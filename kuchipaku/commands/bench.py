"""python -m kuchipaku bench: measures the figures that the server is held to."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kuchipaku.bench.figures import FULL, QUICK, Figure, Report
from kuchipaku.errors import BadRequest

if TYPE_CHECKING:
    from kuchipaku.bench.tasks import Bench, Task


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's name and flags."""
    parser = commands.add_parser("bench", help="measure speed, delays and memory, against their targets")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too, as one flat object")
    parser.add_argument("--only", metavar="NAME,...", default="", help="only some; --only ? names them all")
    parser.add_argument("--quick", action="store_true", help="less exact, in a fraction of the time")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Measure, print, and write what was asked for. The exit status is 1 where nothing could be measured."""
    from kuchipaku.bench.machine import facts
    from kuchipaku.bench.tasks import Bench, everything

    bench = Bench(QUICK if given.quick else FULL)
    try:
        figures, tasks = everything(bench)
        wanted, known = chosen(given.only, figures), facts()
        report = measured([figure.key for figure in wanted], bench, tasks)
    finally:
        bench.close()
    print(report.table(wanted))
    print("\n".join(f"{name:10} {value}" for name, value in known.items()))
    if given.json:
        flat = report.flat([figure.key for figure in wanted], known)
        given.json.write_text(json.dumps(flat, indent=2) + "\n", encoding="utf-8")
    return 0 if report.values else 1


def chosen(only: str, figures: Sequence[Figure]) -> list[Figure]:
    """The figures named in `only`, comma-separated; all for an empty one. Raises BadRequest for an unknown name."""
    keys = [figure.key for figure in figures]
    wanted = [name.strip() for name in only.split(",") if name.strip()]
    for name in wanted:
        if name not in keys:
            raise BadRequest(f"there is no figure {name!r}", hint=f"known: {', '.join(keys)}")
    return [figure for figure in figures if not wanted or figure.key in wanted]


def measured(keys: Sequence[str], bench: Bench, tasks: Sequence[Task]) -> Report:
    """The figures of `keys`, measured one after the other, each told on standard error."""
    report = Report()
    for task in tasks:
        if set(task.keys) & set(keys):
            began = time.monotonic()
            report.take(task.keys, lambda measure=task.measure: measure(bench))  # type: ignore[misc]
            print(f"  {time.monotonic() - began:5.1f} s  {', '.join(task.keys)}", file=sys.stderr, flush=True)
    return report
