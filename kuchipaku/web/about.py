"""What runs here: pages, plugins, health, metrics, and the API's own description."""

from __future__ import annotations

import time
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify

from kuchipaku import __version__
from kuchipaku.plugins import as_json
from kuchipaku.services import Services
from kuchipaku.web.openapi import document

STATIC = Path(__file__).parent / "static"
LEGACY_NOTICE = "This SillyTavern is too old: newer ones bring their extensions with them. Please update it."


class About:
    """Views of the server itself."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._started = time.monotonic()

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("about", __name__, static_folder=STATIC, static_url_path="/static")
        routes.get("/")(self.index)
        routes.get("/studio")(self.studio)
        routes.get("/live/<name>")(self.live_page)
        routes.get("/health")(self.health)
        routes.get("/metrics")(self.metrics)
        routes.get("/openapi.json")(self.openapi)
        routes.get("/api/plugins")(self.plugins)
        routes.get("/api/modules")(self.modules)
        routes.get("/api/extensions")(self.extensions)
        return routes

    def index(self) -> Response:
        """The page: a live character to talk to."""
        return _page("index.html")

    def studio(self) -> Response:
        """The studio: pose, faces, filters and motion of a character. Open without a key, so it tells of none."""
        return _page("studio.html")

    def live_page(self, name: str) -> Response:
        """A bare page of one character with sound, for OBS. Open without a key, so it tells of no character."""
        return _page("live.html")

    def health(self) -> Response:
        """What runs here, for people and for monitors."""
        name, note = self._services.answering()
        return jsonify(
            ok=True,
            version=__version__,
            llm={"name": name, "note": note},
            voice=self._services.settings.speech.voice,
            characters=len(self._services.characters.names()),
            viewers=sum(performer.hub.viewers for performer in self._services.stage.performers()),
            uptime=round(time.monotonic() - self._started, 1),
        )

    def metrics(self) -> Response:
        """Figures in the Prometheus text format."""
        return Response(self._services.metrics.text(), mimetype="text/plain; version=0.0.4")

    def openapi(self) -> Response:
        """This document."""
        return jsonify(document(current_app, __version__, self._services.settings.server.secure))

    def plugins(self) -> Response:
        """Every plugin: its name, version, state, hooks and error."""
        return jsonify(plugins=[as_json(info) for info in self._services.plugins.infos()])

    def modules(self) -> Response:
        """The SillyTavern-Extras modules that are on."""
        return jsonify(modules=self._services.extras_modules())

    def extensions(self) -> Response:
        """None: a notice for clients from before 2023, which fetched their extensions from here."""
        notice = {"display_name": f"<b>{LEGACY_NOTICE}</b>", "requires": [], "assets": []}
        return jsonify(extensions=[{"name": "not-supported", "metadata": notice}])


def _page(name: str) -> Response:
    return Response((STATIC / name).read_bytes(), mimetype="text/html", headers={"Cache-Control": "no-cache"})
