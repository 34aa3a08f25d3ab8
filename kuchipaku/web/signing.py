"""POST /api/sign: an address for what cannot send a key, such as an <img>."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, g, jsonify
from pydantic import Field

from kuchipaku.web.openapi import json_body, takes
from kuchipaku.web.schemas import Body
from kuchipaku.web.signatures import Signer, address_of, signable


class SignBody(Body):
    """POST /api/sign."""

    path: str = Field(max_length=2000, description="relative to the server's root, with its query")


class Signing:
    """The view that signs."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def blueprint(self) -> Blueprint:
        """The route."""
        routes = Blueprint("sign", __name__)
        routes.post("/api/sign")(self.sign)
        return routes

    @takes(body=SignBody)
    def sign(self) -> Response:
        """An address that needs no key for a short while; on a server without keys the same as before."""
        path, query = signable(json_body(SignBody).path)
        signed = self._signer.sign(path, g.key) if "key" in g else {}
        url = address_of(path, "&".join(filter(None, (query, urlencode(signed)))))
        return jsonify(url=url, expires=int(signed["expires"]) if signed else None)
