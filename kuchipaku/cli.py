"""The server's flags, its log, and what it prints."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuchipaku.extras_flags import add_extras_flags, extras_tables

if TYPE_CHECKING:
    from flask import Flask

    from kuchipaku.services import Services
    from kuchipaku.settings import ServerSection

Flags = tuple[Path | None, dict[str, Any], bool]


def parse_flags(argv: Sequence[str]) -> Flags:
    """(settings file, settings given by flags, whether only to check)."""
    given = _parser().parse_args(argv)
    server: dict[str, Any] = {"port": given.port, "api_key_file": given.api_key_file, "log_level": given.log_level}
    folders = {"characters": given.characters, "plugins": given.plugins}
    server["secure"], server["no_auth"] = given.secure or None, given.no_auth or None
    server["public_url"] = given.public_url
    server["host"] = given.host or ("0.0.0.0" if given.listen else None)
    limits = {"upload_mb": given.max_content_length}
    tables = {"server": server, "folders": folders, "limits": limits}
    flags: dict[str, Any] = {name: stated for name, table in tables.items() if (stated := _stated(table))}
    if plugins := extras_tables(given):
        flags["plugins"] = plugins
    if given.enable_modules is not None:
        flags["modules"] = [name.strip() for name in given.enable_modules.split(",") if name.strip()]
    default = Path("settings.toml")
    return given.settings or (default if default.is_file() else None), flags, given.check


def set_up_logging(level: str) -> None:
    """Log to standard error: time, level, where, what."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    for chatty in ("httpx", "httpcore", "groq", "PIL"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def announce(services: Services) -> Callable[[str], None]:
    """What to do once the server listens: print what runs and where, and load what the first text needs."""

    def told(address: str) -> None:
        for line in _running(services):
            print(line)
        print(f"\n  Open {address}   (Ctrl+C stops)\n", flush=True)
        if name := services.characters.chosen_name():
            services.warm_up(name)

    return told


def report(services: Services, app: Flask) -> int:
    """Print plugins and routes; the exit status is 1 if a plugin failed."""
    infos = services.plugins.infos()
    for info in infos:
        print(f"plugin {info.name:14} {info.state:7} {info.origin:9} {', '.join(info.hooks) or info.error}")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        print(f"route  {','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'})):11} {rule.rule}")
    return int(any(info.state == "failed" for info in infos))


def _running(services: Services) -> list[str]:
    name, note = services.answering()
    failed = [info.name for info in services.plugins.infos() if info.state == "failed"]
    lines = [
        f"  answers     {name or 'nobody'}{f' ({note})' if note else ''}",
        f"  speaks      {services.settings.speech.voice}",
        f"  performs    {', '.join(services.characters.names()) or 'nobody: characters/ is empty'}",
    ]
    if door := _door(services.settings.server):
        lines.append(f"  lets in     {door}")
    return [*lines, f"  failed      plugins {', '.join(failed)}: see /api/plugins"] if failed else lines


def _door(server: ServerSection) -> str:
    """Who may come in; empty where only this machine can reach the server."""
    if server.secure:
        return f"who holds a key of {server.api_key_file}; another one: python -m kuchipaku keys add NAME"
    return "EVERYBODY on the network, to do everything: --no-auth" if server.no_auth else ""


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="server.py",
        description="A talking-head server: text in, a character that speaks with its lips on the sound out.",
        epilog="Flags beat environment variables (KUCHIPAKU_SERVER__PORT=5200), which beat the settings file.",
    )
    add = parser.add_argument
    add("--host", help="address to listen on (default 127.0.0.1)")
    add("--port", type=int, help="TCP port (default 5100; 0 takes a free one)")
    add("--settings", type=Path, metavar="FILE", help="settings file (default settings.toml, if it exists)")
    add("--characters", type=Path, metavar="DIR", help="folder of characters (default characters)")
    add("--plugins", type=Path, metavar="DIR", help="folder of plugins (default plugins)")
    add("--enable-modules", metavar="A,B", help="SillyTavern-Extras modules that are on (empty: none)")
    add("--listen", action="store_true", help="listen on every address: --host 0.0.0.0")
    add("--max-content-length", type=int, metavar="MB", help="megabytes of one request's body (default 32)")
    add("--secure", action="store_true", help="ask every request for an API key")
    add("--api-key-file", type=Path, metavar="FILE", help="file with the API keys (default api_key.txt)")
    add("--no-auth", action="store_true", help="listen to the network without a key: everybody may do everything")
    add("--public-url", metavar="URL", help="where a proxy serves this server: https://face.example/kuchi")
    add("--check", action="store_true", help="print plugins and routes, and end")
    add("--log-level", choices=["debug", "info", "warning", "error"], help="how much is logged (default info)")
    add_extras_flags(parser)
    return parser
