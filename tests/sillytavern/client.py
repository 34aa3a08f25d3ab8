"""The real SillyTavern, from npm: installed once into .cache/, started on loopback with data of its own."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.serving import ROOT, absent, free_port, running

CACHE = ROOT / ".cache" / "sillytavern"
NEWEST = "1.19.0"
WITH_TALKINGHEAD = "1.12.12"
NODE = 20
"""The oldest release of node that the newest client runs on."""
COMPILING_SECONDS = 300.0
QUIET = {
    "autoUpdate: true": "autoUpdate: false",
    "autoDownload: true": "autoDownload: false",
    "enableDownloadableTokenizers: true": "enableDownloadableTokenizers: false",
    "autorun: true": "autorun: false",
    "whitelistDockerHosts: true": "whitelistDockerHosts: false",
}
"""What would open a browser or ask the outer network, in SillyTavern's config.yaml, and what keeps it quiet."""


@dataclass(frozen=True)
class Actor:
    """A character of the client: its name, and whether its picture's colours are turned to warm ones."""

    name: str
    warm: bool = False
    greeting: str = "Hello."

    def picture(self) -> Image.Image:
        """RGBA, as large as our own character's, from which it is made."""
        with Image.open(PICTURE) as opened:
            red, green, blue, alpha = opened.convert("RGBA").split()
        return Image.merge("RGBA", (blue, green, red, alpha) if self.warm else (red, green, blue, alpha))


PICTURE = ROOT / "characters" / "sumire" / "picture.png"
ACTORS = (Actor("Sumire"), Actor("Akane", warm=True))


def installed(version: str) -> Path:
    """The folder of that SillyTavern, fetched from npm and started once if it is not there yet."""
    npm = shutil.which("npm")
    if not npm or node_release() < NODE:
        absent(f"node {NODE} or newer with npm is not installed; apt-get install nodejs npm")
    home = CACHE / version
    package = home / "node_modules" / "sillytavern"
    done = home / "compiled"
    if done.exists():
        return package
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text(json.dumps({"private": True, "dependencies": {"sillytavern": version}}))
    command = [npm, "install", "--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts"]
    subprocess.run(command, cwd=home, check=True, capture_output=True)
    config = package / "default" / "config.yaml"
    (package / "config.yaml").write_text(quieted(config.read_text()))
    with _started(package, home / "first", free_port()):
        done.touch()
    return package


def node_release() -> int:
    """The release of node on this machine; 0 for none."""
    node = shutil.which("node")
    told = subprocess.run([node, "--version"], capture_output=True, text=True).stdout if node else "v0"
    return int(told.lstrip("v").partition(".")[0] or 0)


def quieted(config: str) -> str:
    """A config.yaml that opens nothing and calls nobody but who it is told to."""
    for loud, quiet in QUIET.items():
        config = config.replace(loud, quiet)
    return re.sub(r"(browserLaunch:(?:\n\s+#.*)*\n\s+enabled:) true", r"\1 false", config)


@contextmanager
def running_client(
    version: str,
    folder: Path,
    *,
    llm: str = "",
    extension: Path | None = None,
    settings: Mapping[str, Any] | None = None,
    port: int = 0,
) -> Iterator[str]:
    """The address of a client of its own: data in `folder`, `ACTORS` to talk to, who answer from `llm`.

    `llm` is the base URL of an OpenAI-compatible server; `extension` a folder to install; `settings` is laid over
    the `extension_settings` of the client's settings.json.
    """
    package = installed(version)
    data = folder / "data"
    shutil.copytree(CACHE / version / "first" / "data", data)
    user = data / "default-user"
    for card in (user / "characters").iterdir():
        shutil.rmtree(card) if card.is_dir() else card.unlink()
    for actor in ACTORS:
        write_actor(user / "characters", actor)
    if extension:
        shutil.copytree(extension, user / "extensions" / "kuchipaku")
    write_settings(user / "settings.json", llm, settings or {})
    with _started(package, folder, port or free_port()) as address:
        yield address


@contextmanager
def _started(package: Path, folder: Path, port: int) -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["node", "server.js", "--dataRoot", str(folder / "data"), "--port", str(port)]
    address, log = f"http://127.0.0.1:{port}/", folder / "client.log"
    with running(command, address, log, cwd=package, seconds=COMPILING_SECONDS):
        yield address


def write_actor(characters: Path, actor: Actor) -> None:
    """A character card, and the picture from which a talking head is made, where the client looks for them."""
    fields = {"name": actor.name, "description": "", "personality": "", "scenario": "", "mes_example": ""}
    fields["first_mes"] = actor.greeting
    card = {**fields, "spec": "chara_card_v2", "spec_version": "2.0", "data": {**fields, "extensions": {}}}
    text = PngInfo()
    text.add_text("chara", base64.b64encode(json.dumps(card).encode()).decode())
    picture = actor.picture()
    picture.convert("RGB").resize((128, 192)).save(characters / f"{actor.name}.png", pnginfo=text)
    (characters / actor.name).mkdir()
    picture.save(characters / actor.name / "talkinghead.png")


def write_settings(file: Path, llm: str, extensions: Mapping[str, Any]) -> None:
    """No first-run questions, answers from `llm` as they stream, and `extensions` over the extensions' settings."""
    settings = json.loads(file.read_text())
    settings |= {"firstRun": False, "username": "User", "main_api": "openai"}
    source = {"chat_completion_source": "custom", "custom_url": llm, "custom_model": "stand-in"}
    settings["oai_settings"] |= {**source, "stream_openai": True}
    settings["power_user"] |= {"auto_connect": bool(llm), "tokenizer": 0}
    settings["extension_settings"] = {**settings.get("extension_settings", {}), **extensions}
    file.write_text(json.dumps(settings))
