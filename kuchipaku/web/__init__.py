"""The web layer: the app, out of the services."""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request

from kuchipaku.services import Services
from kuchipaku.web import auth, errors, origins
from kuchipaku.web.about import About
from kuchipaku.web.characters import Characters
from kuchipaku.web.fitting import Fitting
from kuchipaku.web.performing import Performing
from kuchipaku.web.signatures import Signer
from kuchipaku.web.signing import Signing
from kuchipaku.web.speaking import Speaking
from kuchipaku.web.streams import Live, Seats

log = logging.getLogger(__name__)

SPARE_THREADS = 16
"""Threads for requests that end soon, beside one for each answer that may stay open."""


def create_app(services: Services) -> Flask:
    """A ready server; nothing is loaded or listened to until it is asked for.

    Raises BadRequest where it would be open to the network unasked, or its key file is of no use.
    """
    settings = services.settings
    app = Flask("kuchipaku", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.limits.upload_mb * 1024 * 1024
    app.json.sort_keys = False  # type: ignore[attr-defined]
    errors.install(app)
    origins.install(app, settings.server)
    signer = Signer(60 * settings.server.signed_url_minutes)
    auth.install(app, settings.server, signer)
    viewers = Seats(settings.stream.max_viewers, "live streams")
    followers = Seats(2 * settings.stream.max_viewers, "event streams")
    app.register_blueprint(About(services).blueprint())
    app.register_blueprint(Signing(signer).blueprint())
    app.register_blueprint(Performing(services, followers).blueprint())
    app.register_blueprint(Speaking(services).blueprint())
    app.register_blueprint(Characters(services, followers).blueprint())
    app.register_blueprint(Fitting(services).blueprint())
    app.register_blueprint(Live(services, viewers).blueprint())
    for name, routes in services.plugins.each("register_routes", services=services):
        with services.plugins.blame(name):
            app.register_blueprint(routes, url_prefix=routes.url_prefix or f"/api/{routes.name}")
    _count_requests(app, services)
    return app


def threads_for(services: Services) -> int:
    """Threads that the app needs so that open answers never keep others waiting."""
    return 3 * services.settings.stream.max_viewers + SPARE_THREADS


def _count_requests(app: Flask, services: Services) -> None:
    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        services.metrics.requests.labels(request.endpoint or "none", str(response.status_code)).inc()
        if "began" in g:
            response.headers["X-Request-Duration"] = f"{time.perf_counter() - g.began:.6f}"
        return response
