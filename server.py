"""Start here: flags -> settings -> plugins -> app -> waitress."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from kuchipaku.cli import parse_flags

NAMES = """
encoders llm_groq llm_eliza manners tts_espeak emotion life lipsync puppet talkinghead atlas
speech_api alltalk_routes silero_routes edge_tts coqui_routes
summarize caption embeddings stt websearch chromadb_store sd rvc
"""
BUILT_IN = tuple(f"modules.{name}" for name in NAMES.split())
"""Our modules, in the order of their layers: feelings below, life over them, the mouth on top; then other APIs."""


def main(argv: Sequence[str]) -> int:
    """Run the server, or with --check only say what it would run. The exit status."""
    file, flags, check = parse_flags(argv)
    from kuchipaku.cli import announce, report, set_up_logging
    from kuchipaku.errors import KuchipakuError
    from kuchipaku.plugins import load_plugins
    from kuchipaku.serve import serve
    from kuchipaku.services import build_services
    from kuchipaku.settings import load_settings
    from kuchipaku.web import create_app, threads_for

    try:
        settings = load_settings(file, os.environ, flags)
        set_up_logging(settings.server.log_level)
        plugins = load_plugins(BUILT_IN, settings.folders.plugins, installed=True)
        services = build_services(plugins, settings)
        services.check_names()
        app = create_app(services)
        if check:
            return report(services, app)
        try:
            host, port = settings.server.host, settings.server.port
            serve(app, host, port, threads_for(services), announce(services), services.stage.end)
        finally:
            services.shutdown()
    except KuchipakuError as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
