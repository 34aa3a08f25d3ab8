"""Pages, health, metrics, and the API's own description."""

from __future__ import annotations

import time
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify

from kuchipaku import __version__
from kuchipaku.services import Services
from kuchipaku.web.api import health
from kuchipaku.web.openapi import document

STATIC = Path(__file__).parent / "static"


def blueprint(services: Services) -> Blueprint:
    """What is not under /api."""
    routes = Blueprint("pages", __name__, static_folder=STATIC, static_url_path="/static")
    started = time.monotonic()

    def page(name: str) -> Response:
        return Response((STATIC / name).read_bytes(), mimetype="text/html", headers={"Cache-Control": "no-cache"})

    @routes.get("/")
    def index() -> Response:
        """The page: a live character to talk to."""
        return page("index.html")

    @routes.get("/live/<name>")
    def live_page(name: str) -> Response:
        """A bare page of one character with sound, for OBS."""
        services.characters.get(name)
        return page("live.html")

    @routes.get("/health")
    def health_of_server() -> Response:
        """What runs here."""
        return jsonify(health(services, started))

    @routes.get("/metrics")
    def metrics() -> Response:
        """Figures in the Prometheus text format."""
        return Response(services.metrics.text(), mimetype="text/plain; version=0.0.4")

    @routes.get("/openapi.json")
    def openapi() -> Response:
        """This document."""
        return jsonify(document(current_app, __version__))

    return routes
