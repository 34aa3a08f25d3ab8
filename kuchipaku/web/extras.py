"""The part of the SillyTavern-Extras API that belongs to no single module."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kuchipaku.services import Services


def blueprint(services: Services) -> Blueprint:
    """/api/modules."""
    routes = Blueprint("extras", __name__, url_prefix="/api")

    @routes.get("/modules")
    def modules() -> Response:
        """The SillyTavern-Extras modules that are on."""
        return jsonify(modules=services.extras_modules())

    return routes
