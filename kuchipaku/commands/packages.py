"""Whether what a requirements file asks for is installed, in range, and can be imported. Standard library only."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from operator import eq, ge, gt, le, lt, ne
from pathlib import Path
from typing import Any

REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)\s*([^;#]*)")
BOUND = re.compile(r"(==|!=|<=|>=|<|>)\s*([0-9][0-9.]*)")
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": eq, "!=": ne, "<=": le, ">=": ge, "<": lt, ">": gt,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Requirement:
    """One package that is asked for."""

    name: str
    bounds: str
    """Such as ">=3.1,<4"; empty: any version."""


def requirements(file: Path) -> Iterator[Requirement]:
    """What a requirements file asks for, without the files that it includes."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if found := REQUIREMENT.match(line):
            yield Requirement(found[1], found[2].strip())


def misfit(requirement: Requirement) -> str:
    """What is wrong with the version of a package, which is not imported; empty where nothing is."""
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        return "is not installed"
    return "" if fits(installed, requirement.bounds) else f"is {installed}, not {requirement.bounds}"


def fault(requirement: Requirement) -> str:
    """What is wrong with an installed package; empty where nothing is."""
    if found := misfit(requirement):
        return found
    for module in _modules_of(requirement.name):
        try:
            importlib.import_module(module)
        except Exception as error:
            return f"cannot be imported: {error}"
    return ""


def fits(installed: str, bounds: str) -> bool:
    """Whether a version keeps all `bounds`; only its numbers count, compared one by one."""
    return all(COMPARE[sign](*_even(installed, asked)) for sign, asked in BOUND.findall(bounds))


def _even(one: str, other: str) -> tuple[list[int], list[int]]:
    """The numbers of two versions, the shorter one filled up with zeros."""
    numbers = [[int(n) for n in re.findall(r"\d+", re.split(r"[^\d.]", text)[0])] for text in (one, other)]
    longest = max(map(len, numbers))
    first, second = (n + [0] * (longest - len(n)) for n in numbers)
    return first, second


def _modules_of(package: str) -> list[str]:
    """The names under which a package is imported: its own, if it has one like that, else all public ones."""
    own = package.lower().replace("-", "_")
    offered = [name for name, owners in packages_distributions().items() if own in map(_plain, owners)]
    return [own] if own in offered else [name for name in offered if not name.startswith("_")]


def _plain(package: str) -> str:
    return re.sub(r"[-_.]+", "_", package).lower()
