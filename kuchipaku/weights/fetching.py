"""Fetching published weights: what is missing, from the first place that has it, placed only when it is right."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import httpx

from kuchipaku.errors import BadRequest, EngineUnavailable, KuchipakuError
from kuchipaku.weights import checksums, content
from kuchipaku.weights.checksums import Record
from kuchipaku.weights.content import Unfit
from kuchipaku.weights.disk import explained, place
from kuchipaku.weights.download import Arrived, Download, Wire, client
from kuchipaku.weights.lock import held
from kuchipaku.weights.state import Found, look, partial
from kuchipaku.weights.values import Published, WeightFile, is_safe

HUGGING_FACE = "https://huggingface.co"
PATIENT = Wire()
LICENCE = "LICENSE.txt"
"""Written beside the files, so that the credit goes where they go."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a fetch is."""

    file: str
    number: int
    """Of the file, from 1."""
    count: int
    """Files in all."""
    done: int = 0
    """Bytes of this file that are there."""
    size: int = 0
    """Its bytes in all, 0 where nobody knows."""
    before: int = 0
    """Bytes of the files before it."""
    total: int = 0
    """Bytes of all files, 0 where nobody knows."""
    note: str = ""
    """Something to tell."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one file."""

    file: WeightFile
    path: Path
    how: Literal["there", "trusted", "fetched"]
    """It was there and right; it was there and nobody knows better; it came."""
    sha256: str


Progress = Callable[[Step], None]


def fetch(
    published: Published, models: Path, progress: Progress = lambda step: None, wire: Wire = PATIENT
) -> list[Fetched]:
    """Make all files of a name be there and right.

    Raises KuchipakuError: Busy while another process fetches the same, EngineUnavailable where no place has it; else
    for wrong content, for a disk that is full, for a file that was changed. What has come by then is kept.
    """
    lock = models / f".{published.name}.lock"
    try:
        with held(lock, f"{published.name} is being fetched already"), client(wire) as http:
            return list(_Fetch(published, models, progress, wire, http).run())
    except OSError as error:
        raise explained(error, models) from error


def from_endpoint(url: str, environ: Mapping[str, str]) -> str:
    """`url`, at the mirror of Hugging Face that HF_ENDPOINT names. Raises BadRequest if that one is not safe."""
    endpoint = environ.get("HF_ENDPOINT", "").rstrip("/")
    if not endpoint or not url.startswith(HUGGING_FACE + "/"):
        return url
    if not is_safe(endpoint):
        raise BadRequest(f"HF_ENDPOINT is {endpoint!r}", hint="it begins with https://")
    return endpoint + url.removeprefix(HUGGING_FACE)


class _Fetch:
    """One run over the files of one name; the lock is held."""

    def __init__(self, published: Published, models: Path, progress: Progress, wire: Wire, http: httpx.Client) -> None:
        self._published, self._models, self._progress = published, models, progress
        self._wire, self._http = wire, http
        self._step = Step("", 0, len(published.files), total=published.size)

    def run(self) -> Iterator[Fetched]:
        records = checksums.read(self._models)
        for number, found in enumerate(look(self._published, self._models, records), 1):
            before = self._step.before + self._step.done
            size = found.file.size
            self._step = replace(self._step, file=found.file.path, number=number, done=0, size=size, before=before)
            yield self._one(found)
        licence = self._models / self._published.folder / LICENCE
        if not licence.exists():
            checksums.write_whole(licence, _notice(self._published))

    def _one(self, found: Found) -> Fetched:
        if found.state == "changed":
            raise _changed(self._published, found, found.sha256)
        if found.state in ("ready", "unchecked"):
            self._told(found.size, found.size, "")
            return self._trusted(found) if found.state == "unchecked" else _result(found, "there", found.sha256)
        found.path.parent.mkdir(parents=True, exist_ok=True)
        arrived, url = self._from_anywhere(found)
        if not found.expected:
            self._record(found.file, arrived.sha256, url)
        place(partial(found.path), found.path)
        Path(f"{partial(found.path)}.json").unlink(missing_ok=True)
        return _result(found, "fetched", arrived.sha256)

    def _trusted(self, found: Found) -> Fetched:
        """A file that somebody put there, of which no checksum is known."""
        content.check(found.path, found.file.path)
        self._record(found.file, found.sha256, "by hand")
        return _result(found, "trusted", found.sha256)

    def _from_anywhere(self, found: Found) -> tuple[Arrived, str]:
        """The file in its part, from the first of its places that gives the right one, and which place it was."""
        errors: list[KuchipakuError] = []
        for url in (found.file.url, *found.file.mirrors):
            if errors:
                self._told(0, found.file.size, f"{errors[-1]}; trying another place")
            try:
                return self._from(from_endpoint(url, os.environ), found), url
            except KuchipakuError as error:
                errors.append(error)
        if len(errors) == 1:
            raise errors[0]
        told = "; ".join(map(str, errors))
        raise EngineUnavailable(f"no place gives {found.file.path}: {told}", hint=errors[0].hint) from errors[-1]

    def _from(self, url: str, found: Found) -> Arrived:
        download = Download(self._http, url, partial(found.path), self._told)
        try:
            arrived = download.run(self._wire)
            self._check(found, arrived, url)
        except Unfit:
            download.forget()
            raise
        return arrived

    def _check(self, found: Found, arrived: Arrived, url: str) -> None:
        if found.expected and arrived.sha256 != found.expected:
            raise _changed(self._published, found, arrived.sha256, url)
        if arrived.promised and arrived.sha256 != arrived.promised:
            raise Unfit(
                f"{url}: the file that came has sha256 {arrived.sha256}, its host says {arrived.promised}",
                hint="it was damaged on the way: run the same command again",
            )
        content.check(partial(found.path), found.file.path)

    def _record(self, file: WeightFile, sha256: str, source: str) -> None:
        record = Record(sha256, source, date.today().isoformat())
        checksums.add(self._models, {self._published.key(file): record})

    def _told(self, done: int, size: int, note: str) -> None:
        self._step = replace(self._step, done=done, size=size or self._step.size, note=note)
        self._progress(self._step)


def _result(found: Found, how: Literal["there", "trusted", "fetched"], sha256: str) -> Fetched:
    return Fetched(found.file, found.path, how, sha256)


def _notice(published: Published) -> str:
    lines = (published.name, published.credit, published.homepage, published.licence, published.licence_url)
    return "\n".join(line for line in lines if line) + "\n"


def _changed(published: Published, found: Found, actual: str, url: str = "") -> Unfit:
    """A file that is not the expected one: what lies there, or what came from `url`."""
    where = f"what {url} gives" if url else str(found.path)
    whose = "the published one" if found.file.sha256 else "the one first fetched"
    if not url:
        hint = f"delete it and run: python -m kuchipaku models fetch {published.name}"
    elif found.file.sha256:
        hint = "nothing of it was kept; try again later, and tell us if it stays"
    else:
        hint = f"if the new one is right, take {published.key(found.file)} out of {checksums.FILE} and fetch again"
    return Unfit(f"{where} has sha256 {actual}, {whose} has {found.expected}", hint=hint)
