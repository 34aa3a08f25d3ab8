"""python -m kuchipaku doctor: what is missing, and the command that mends it.

Imports nothing but the standard library before a check needs it, so that it also tells of a half-installed server.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from kuchipaku.commands.project import ROOT

if TYPE_CHECKING:
    from kuchipaku.avatar import AudioAvatar
    from kuchipaku.services import Services
    from kuchipaku.settings import Settings

OLDEST, NEWEST = (3, 11), (3, 13)
PIP = "python -m pip install"
INSTALL = f"{PIP} -r requirements.txt"
KEY = "GROQ_API_KEY"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


State = Literal["ok", "note", "FAIL"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    state: State
    what: str
    command: str = ""
    """What mends it."""

    def __str__(self) -> str:
        return f"{self.state:5}{self.what}" + (f"  -> {self.command}" if self.command else "")


Findings = Iterator[Finding]

HERE: Mapping[str, tuple[State, str]] = {
    "ready": ("ok", ""),
    "unchecked": ("note", "fetch"),
    "partial": ("note", "fetch"),
    "changed": ("FAIL", "verify"),
}
"""State of weights that are here -> how it is told, and the command that mends it."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's name and flags."""
    parser = commands.add_parser("doctor", help="tell what is missing, and the command that mends it")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="settings file (default settings.toml)")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Look at everything, a line each. The exit status is 1 where something fails."""
    default = Path("settings.toml")
    return told(diagnosis(given.settings or (default if default.is_file() else None), os.environ))


def told(findings: Iterable[Finding]) -> int:
    """Print findings as they come. The exit status."""
    failed = False
    for finding in findings:
        print(finding, flush=True)
        failed |= finding.state == "FAIL"
    return int(failed)


def diagnosis(file: Path | None, environ: Mapping[str, str]) -> Findings:
    """Every check, the later ones on what the earlier ones found."""
    yield from python(sys.version_info[:2])
    yield from guarded("packages", lambda: packages(ROOT / "requirements.txt"))
    yield from guarded("neural", lambda: neural(ROOT / "requirements-neural.txt"))
    yield from guarded("device", device)
    settings: list[Settings] = []
    yield from guarded("settings", lambda: settings_file(file, environ, settings))
    for known in settings:
        yield from guarded("server", lambda known=known: server(known))  # type: ignore[misc]
        yield from guarded("port", lambda known=known: port(known.server.host, known.server.port))  # type: ignore[misc]
        yield from guarded("folders", lambda known=known: folders(known))  # type: ignore[misc]
    yield from key(environ)
    yield from browser()


def guarded(what: str, check: Callable[[], Findings]) -> Findings:
    """The findings of a check; one that cannot even run is a failure with its reason."""
    try:
        yield from check()
    except ImportError as error:
        yield Finding("FAIL", f"{what}: {error}", INSTALL)
    except Exception as error:
        yield Finding("FAIL", f"{what}: {error}", getattr(error, "hint", ""))


def python(version: tuple[int, ...]) -> Findings:
    """Whether the server runs on this Python."""
    shown = ".".join(map(str, version))
    if OLDEST <= version <= NEWEST:
        yield Finding("ok", f"Python {shown}")
    else:
        yield Finding("FAIL", f"Python is {shown}, not 3.11 to 3.13", "rm -r .venv; PYTHON=python3.13 ./start.sh")


def packages(file: Path) -> Findings:
    """Whether everything that a requirements file asks for is there."""
    from kuchipaku.commands.packages import fault, requirements

    asked = list(requirements(file))
    faults = [(requirement, found) for requirement in asked if (found := fault(requirement))]
    for requirement, found in faults:
        broken = found.startswith("cannot be imported")
        command = f"{PIP} --force-reinstall {requirement.name}" if broken else INSTALL
        yield Finding("FAIL", f"package {requirement.name} {found}", command)
    if not faults:
        yield Finding("ok", f"{len(asked)} packages, as {file.name} asks")


def neural(file: Path) -> Findings:
    """Whether neural avatars have what they run on. They are not needed, and nothing of theirs is loaded."""
    from kuchipaku.commands.packages import misfit, requirements

    asked = list(requirements(file))
    faults = [f"{requirement.name} {found}" for requirement in asked if (found := misfit(requirement))]
    if faults:
        yield Finding("note", f"no neural avatars: {', '.join(faults)}", f"{PIP} -r {file.name}")
    else:
        yield Finding("ok", f"{len(asked)} packages for neural avatars, as {file.name} asks")


def device() -> Findings:
    """Which graphics card networks could run on, as its driver tells."""
    import subprocess

    asked = [shutil.which("nvidia-smi") or "", "--query-gpu=name", "--format=csv,noheader"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=20.0) if asked[0] else None
    if done and done.returncode == 0 and (cards := done.stdout.split("\n")[:-1]):
        yield Finding("ok", f"graphics card {', '.join(cards)}")
    else:
        yield Finding("note", "no NVIDIA graphics card: networks run on the processor")


def settings_file(file: Path | None, environ: Mapping[str, str], found: list[Settings]) -> Findings:
    """Whether the settings are valid; they are put into `found`, or the defaults where they are not."""
    from kuchipaku.errors import BadRequest
    from kuchipaku.settings import Settings, load_settings

    try:
        found.append(load_settings(file, environ, {}))
        yield Finding("ok", f"settings {file or '(defaults)'}")
    except BadRequest as error:
        found.append(Settings())
        yield Finding("FAIL", str(error), error.hint)


def server(settings: Settings) -> Findings:
    """Plugins, voice, emotions, language model and characters, as the server would have them."""
    from kuchipaku.commands.project import built_in
    from kuchipaku.plugins import load_plugins
    from kuchipaku.services import build_services

    services = build_services(load_plugins(built_in(), settings.folders.plugins, installed=True), settings)
    try:
        for check in (plugins, voice, emotions, answers, models, characters):
            yield from guarded(check.__name__, lambda check=check: check(services))  # type: ignore[misc]
    finally:
        services.shutdown()


def plugins(services: Services) -> Findings:
    """Those that failed, with their reasons."""
    infos = services.plugins.infos()
    for info in infos:
        if info.state == "failed":
            yield Finding("FAIL", f"plugin {info.name}: {info.error}", "mend it, or move it out of the plugins folder")
    yield Finding("ok", f"{sum(info.state == 'ready' for info in infos)} plugins ready")


def voice(services: Services) -> Findings:
    """Whether the server's voice speaks."""
    from kuchipaku.speech import Delivery

    engine, _, name = services.settings.speech.voice.partition("/")
    seconds = sum(piece.duration for piece in services.voices.get(engine).speak("Hello.", Delivery(name)))
    if seconds > 0:
        yield Finding("ok", f"voice {engine} speaks")
    else:
        yield Finding("FAIL", f"voice {engine} is silent", f"{PIP} --force-reinstall espeakng-loader")


def emotions(services: Services) -> Findings:
    """Whether the emotion of a sentence can be read."""
    name = services.settings.reply.emotion_reader
    feeling = services.readers.get(name).feel("I am so happy for you!")
    yield Finding("ok", f"emotion reader {name} reads {feeling.emotion}")


def answers(services: Services) -> Findings:
    """Who answers a chat."""
    name, _ = services.llms.first(services.settings.reply.llms)
    yield Finding("ok", f"language model {name} answers")


def models(services: Services) -> Findings:
    """Which published weights are here, and whether they are what was published."""
    from kuchipaku.commands.models import COMMAND, offered
    from kuchipaku.weights import checksums, look, summary

    folder, entries = services.settings.folders.models, offered(services.plugins)
    records = checksums.read(folder)
    states = {entry.published.name: summary(look(entry.published, folder, records)) for entry in entries}
    for name, state in states.items():
        if state.state in HERE:
            kind, action = HERE[state.state]
            yield Finding(kind, f"weights {name}: {state}", f"{COMMAND} {action} {name}" if action else "")
    if entries and all(state.state == "absent" for state in states.values()):
        first = entries[0].published
        yield Finding("note", "no weights for neural avatars", f"{COMMAND} fetch {(*first.also, first.name)[0]}")


def characters(services: Services) -> Findings:
    """Whether each character can be painted."""
    names = services.characters.names()
    if not names:
        yield Finding("FAIL", "there is no character", "git checkout characters, or add one on the page")
    for name in names:
        yield from guarded(f"character {name}", lambda name=name: painted(services, name))  # type: ignore[misc]


def painted(services: Services, name: str) -> Findings:
    """Whether one character can be painted."""
    character = services.characters.get(name)
    avatar = services.avatars.get(character.avatar)(character)
    width, height = avatar.size
    paint = getattr(avatar, "paint", None)
    pixels = paint({}) if paint else cast("AudioAvatar", avatar).frame_at(0.0, None)
    if pixels.shape == (height, width, 4) and pixels[..., 3].any():
        yield Finding("ok", f"character {name}, a {character.avatar} of {width} x {height}")
    else:
        yield Finding("FAIL", f"character {name} is an empty picture", "see docs/characters.md")


def port(host: str, number: int) -> Findings:
    """Whether the port can be listened on, or who holds it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, number), family=family):
            yield Finding("ok", f"port {number} is free")
    except OSError as error:
        if (running := version_at(host, number)) is not None:
            yield Finding("note", f"port {number}: Kuchipaku {running} runs there already")
        else:
            yield Finding("FAIL", f"cannot listen on {host}:{number}: {error}", f"./start.sh --port {number + 1}")


def version_at(host: str, number: int) -> str | None:
    """The version of a Kuchipaku that answers there; None where there is no such thing."""
    import http.client
    import json

    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    with closing(http.client.HTTPConnection(asked, number, timeout=2.0)) as connection:
        try:
            connection.request("GET", "/health")
            health = json.loads(connection.getresponse().read())
            return str(health["version"]) if "llm" in health else None
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
            return None


def folders(settings: Settings) -> Findings:
    """Whether the server can write where it has to: new characters, and the key of a secure server."""
    wanted = {settings.folders.characters}
    if settings.server.secure:
        wanted.add(settings.server.api_key_file.absolute().parent)
    for folder in sorted(wanted):
        try:
            with tempfile.TemporaryFile(dir=folder):
                yield Finding("ok", f"folder {folder} can be written")
        except OSError as error:
            yield Finding("FAIL", f"folder {folder}: {error.strerror}", f"mkdir -p {folder} && chmod u+rwx {folder}")


def key(environ: Mapping[str, str]) -> Findings:
    """Whether there is a key for Groq. The key itself is never shown."""
    if environ.get(KEY):
        yield Finding("ok", f"{KEY} is set")
    else:
        yield Finding("note", f"{KEY} is not set: the embedded responder answers", f"export {KEY}=...")


def browser() -> Findings:
    """Whether the page's tests and figures can be had."""
    if any(map(shutil.which, BROWSERS)):
        yield Finding("ok", "Chromium, for the tests")
    else:
        yield Finding("note", "Chromium is missing: the page's tests are left out", "apt-get install chromium")
