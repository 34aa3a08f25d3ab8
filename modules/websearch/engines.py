"""A question to a search engine, its answer or why there is none."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from kuchipaku import EngineUnavailable
from modules.websearch.pages import Result, duckduckgo_results, google_results, is_refusal
from modules.websearch.settings import WebSearchSettings

log = logging.getLogger(__name__)

LARGEST = 4 * 1024 * 1024
"""Bytes of a result page that are read; the largest ones have about one million."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A search engine: how it is asked and read."""

    title: str
    method: str
    address: str
    fields: Mapping[str, str]
    """What is sent beside the question, `q`."""
    read: Callable[[str], list[Result]]


def search(query: str, engine: str, settings: WebSearchSettings) -> list[Result]:
    """What `engine` finds, "duckduckgo" or else Google. Raises EngineUnavailable."""
    if engine == "duckduckgo":
        return ask(duckduckgo(settings), query, settings)
    try:
        return ask(google(settings), query, settings)
    except EngineUnavailable as error:
        if not settings.fall_back:
            raise
        log.info("%s, so DuckDuckGo is asked", error)
        return ask(duckduckgo(settings), query, settings)


def duckduckgo(settings: WebSearchSettings) -> Engine:
    """DuckDuckGo, by its pages without scripts."""
    return Engine("DuckDuckGo", "POST", f"{settings.duckduckgo_url.rstrip('/')}/html/", {}, duckduckgo_results)


def google(settings: WebSearchSettings) -> Engine:
    """Google, asked for a page without scripts."""
    return Engine("Google", "GET", f"{settings.google_url.rstrip('/')}/search", {"gbv": "1"}, google_results)


def ask(engine: Engine, query: str, settings: WebSearchSettings) -> list[Result]:
    """The results, at most `settings.most`. Raises EngineUnavailable where it does not answer, or with no results."""
    html = _page(engine, query, settings)
    results = engine.read(html)
    if not results and is_refusal(html):
        raise _refused(engine)
    return results[: settings.most]


def _page(engine: Engine, query: str, settings: WebSearchSettings) -> str:
    headers = {"User-Agent": settings.user_agent, "Accept": "text/html"}
    question = {"q": query, **engine.fields}
    params, data = (question, None) if engine.method == "GET" else (None, question)
    try:
        with (
            httpx.Client(headers=headers, timeout=settings.timeout, follow_redirects=True) as client,
            client.stream(engine.method, engine.address, params=params, data=data) as response,
        ):
            _check(engine, response)
            return _read(response)
    except httpx.TimeoutException as error:
        raise EngineUnavailable(
            f"{engine.title} was silent for {settings.timeout:g} seconds",
            hint="try again, or raise `timeout` in [plugins.websearch]",
        ) from error
    except httpx.HTTPError as error:
        raise EngineUnavailable(
            f"{engine.title} cannot be reached: {error}", hint="check the network, and the URL in [plugins.websearch]"
        ) from error


def _check(engine: Engine, response: httpx.Response) -> None:
    if response.status_code in (403, 429) or "/sorry/" in response.url.path:
        raise _refused(engine)
    if response.is_error:
        raise EngineUnavailable(f"{engine.title} is in trouble ({response.status_code})", hint="try again in a moment")


def _read(response: httpx.Response) -> str:
    body = b""
    for piece in response.iter_bytes():
        body += piece
        if len(body) > LARGEST:
            break
    return body[:LARGEST].decode(response.encoding or "utf-8", errors="replace")


def _refused(engine: Engine) -> EngineUnavailable:
    return EngineUnavailable(
        f"{engine.title} asks for proof of being human", hint="try again in a few minutes, or ask the other engine"
    )
