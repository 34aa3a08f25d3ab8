"""Requests to the picture server, and its faults in words for the person who meets them."""

from __future__ import annotations

import os
from typing import Any

import httpx

from kuchipaku import EngineUnavailable
from modules.sd.settings import SdSettings


class Wire:
    """One server over HTTP. Raises EngineUnavailable where it is down, slow, refuses us, or talks nonsense."""

    def __init__(self, settings: SdSettings) -> None:
        self._settings = settings
        user, _, password = os.environ.get(settings.auth_variable, "").partition(":")
        auth = httpx.BasicAuth(user, password) if user else None
        timeout = httpx.Timeout(settings.timeout, connect=min(5.0, settings.timeout))
        self._client = httpx.Client(base_url=settings.url, auth=auth, timeout=timeout, trust_env=False)

    def get(self, path: str, **query: str) -> Any:
        """The JSON at a path."""
        return _json(self._send("GET", path, params=query))

    def post(self, path: str, body: Any) -> Any:
        """The JSON that answers a JSON body."""
        return _json(self._send("POST", path, json=body))

    def file(self, path: str, **query: str) -> bytes:
        """The bytes at a path."""
        return self._send("GET", path, params=query).content

    def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            response = self._client.request(method, path, **content)
        except httpx.ConnectError as error:
            raise self._unreachable() from error
        except httpx.TimeoutException as error:
            raise EngineUnavailable(
                f"the picture server was silent for {self._settings.timeout:g} seconds",
                hint="ask for fewer steps or a smaller picture, or raise plugins.sd.timeout",
            ) from error
        except httpx.HTTPError as error:
            raise EngineUnavailable(
                f"the picture server hung up: {error}", hint="see its own log, and try again"
            ) from error
        if response.is_error:
            raise self._refusal(response)
        return response

    def _unreachable(self) -> EngineUnavailable:
        how = "with --api " if self._settings.kind == "automatic1111" else ""
        return EngineUnavailable(
            f"no picture server answers at {self._settings.url}",
            hint=f"start Stable Diffusion ({self._settings.kind}) {how}and set plugins.sd.url",
        )

    def _refusal(self, response: httpx.Response) -> EngineUnavailable:
        status = response.status_code
        if status in (401, 403):
            return EngineUnavailable(
                f"the picture server refuses us ({status})",
                hint=f'put "user:password" into the environment variable {self._settings.auth_variable}',
            )
        if status == 404:
            return EngineUnavailable(
                f"the picture server has no {response.url.path}",
                hint="start it with --api, and check plugins.sd.kind and plugins.sd.url",
            )
        return EngineUnavailable(
            f"the picture server is in trouble ({status}): {' '.join(response.text[:200].split())}",
            hint="see its own log",
        )


def nonsense() -> EngineUnavailable:
    """It answered, but not as its API promises."""
    return EngineUnavailable(
        "the picture server's answer cannot be read", hint="check plugins.sd.kind and plugins.sd.url"
    )


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise nonsense() from error
