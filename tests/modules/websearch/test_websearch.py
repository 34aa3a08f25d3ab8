"""/api/websearch against a server on this machine that answers as the engines do, and fails as they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from flask.testing import FlaskClient

from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules import websearch
from modules.websearch import pages, routes
from tests.modules.stand_in import Answer, Request, StandIn
from tests.modules.websearch.engines_stand_in import (
    CAPTCHA,
    FOUND,
    SCRIPTS,
    both,
    duckduckgo_page,
    engines,
    google_page,
)

LINKS = [link for link, _, _ in FOUND]
SNIPPETS = [" ".join(snippet.split()) for _, _, snippet in FOUND]

Browse = Callable[..., FlaskClient]


@pytest.fixture
def internet() -> Iterator[StandIn]:
    with engines() as running:
        yield running


@pytest.fixture
def browse(internet: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browse:
    """A client of a server whose engines are the stand-in, with more settings where a test wants them."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def made(modules: tuple[str, ...] = ("websearch",), **settings: object) -> FlaskClient:
        own = {"google_url": internet.url, "duckduckgo_url": internet.url, "timeout": 2.0} | settings
        tables: dict[str, object] = {"modules": modules, "plugins": {"websearch": own}}
        return create_app(fake_services(tmp_path / "characters", websearch, settings=tables)).test_client()

    return made


def test_a_page_of_duckduckgo_is_read_without_its_advertisements() -> None:
    assert pages.duckduckgo_results(duckduckgo_page()) == [
        pages.Result(*each) for each in zip(LINKS, SNIPPETS, strict=True)
    ]


def test_a_page_of_google_is_read_without_its_own_links() -> None:
    results = pages.google_results(google_page())
    assert [result.link for result in results] == LINKS
    assert [result.snippet for result in results] == SNIPPETS


@pytest.mark.parametrize(
    "html", ["", "no page", "<div class='result'><a class='result__a'>x</a></div>", "<a><h3>x</h3></a>"]
)
def test_what_is_no_result_page_holds_no_results(html: str) -> None:
    assert pages.duckduckgo_results(html) == []
    assert pages.google_results(html) == []
    assert not pages.is_refusal(html)


@pytest.mark.parametrize("href", ["javascript:alert(1)", "mailto:a@b.c", "/l/?uddg=ftp%3A%2F%2Fx", "/l/", "http://[x"])
def test_only_web_pages_are_links(href: str) -> None:
    assert pages.duckduckgo_results(f'<div class="result"><a class="result__a" href="{href}">x</a></div>') == []


@pytest.mark.parametrize(
    ("engine", "path"), [("duckduckgo", "/html/"), ("google", "/search"), ("altavista", "/search")]
)
def test_an_engine_is_asked_and_what_it_finds_is_passed_on(
    browse: Browse, internet: StandIn, engine: str, path: str
) -> None:
    answer = browse().post("/api/websearch", json={"query": "talking heads", "engine": engine, "extra": 1})
    assert answer.status_code == 200
    assert answer.get_json() == {"results": "\n".join(SNIPPETS), "links": LINKS}
    (request,) = internet.requests
    asked = request.query or {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    assert (request.path, asked["q"]) == (path, "talking heads")


def test_without_an_engine_google_is_asked(browse: Browse, internet: StandIn) -> None:
    for body in ({"query": "x"}, {"query": "x", "engine": None}):
        assert browse().post("/api/websearch", json=body).status_code == 200
    assert [request.path for request in internet.requests] == ["/search", "/search"]


def test_no_more_results_are_passed_on_than_the_settings_allow(browse: Browse) -> None:
    assert browse(most=1).post("/api/websearch", json={"query": "x"}).get_json()["links"] == LINKS[:1]


@pytest.mark.parametrize("body", [{"engine": "google"}, {"query": ["x"]}, {"query": ""}, {"query": None}])
def test_a_question_is_required(browse: Browse, internet: StandIn, body: dict[str, object]) -> None:
    answer = browse().post("/api/websearch", json=body)
    assert answer.status_code == 400
    assert "is required" in answer.get_json()["error"]
    assert internet.requests == []


def test_a_question_as_long_as_a_book_is_not_asked(browse: Browse, internet: StandIn) -> None:
    answer = browse().post("/api/websearch", json={"query": "why " * 20_000})
    assert (answer.status_code, answer.get_json()["hint"]) == (413, "at most 2000")
    assert internet.requests == []


def test_a_missing_package_is_told(browse: Browse, internet: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "find_spec", lambda name: None)
    answer = browse().post("/api/websearch", json={"query": "x"})
    assert answer.status_code == 503
    assert "requirements-extras.txt" in answer.get_json()["hint"]
    assert internet.requests == []


def test_while_the_module_is_off_nothing_is_read_and_nobody_asked(browse: Browse, internet: StandIn) -> None:
    answer = browse(modules=()).post("/api/websearch", data="{broken")
    assert answer.status_code == 403
    assert internet.requests == []


FAULTS = {
    "rate limit": (Answer(b"slow down", 429), "proof of being human"),
    "door": (Answer(b"Forbidden", 403), "proof of being human"),
    "captcha": (Answer(CAPTCHA.encode(), 202), "proof of being human"),
    "scripts": (Answer(SCRIPTS.encode()), "proof of being human"),
    "trouble": (Answer(b"oops", 502), "in trouble (502)"),
    "cut": (Answer(duckduckgo_page().encode(), cut=True), "cannot be reached"),
    "silence": (Answer(silent=True), "silent for 0.2 seconds"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_an_engine_is_told(browse: Browse, internet: StandIn, fault: str) -> None:
    given, told = FAULTS[fault]
    internet.answer = lambda request: given
    answer = browse(timeout=0.2).post("/api/websearch", json={"query": "x", "engine": "duckduckgo"})
    assert answer.status_code == 503
    assert told in answer.get_json()["error"]
    assert answer.get_json()["hint"]


def test_an_engine_that_sends_its_guests_to_a_captcha_refuses(browse: Browse, internet: StandIn) -> None:
    def sorry(request: Request) -> Answer:
        return Answer(status=302, location="/sorry/index") if request.path == "/search" else Answer(b"Are you human?")

    internet.answer = sorry
    answer = browse(fall_back=False).post("/api/websearch", json={"query": "x"})
    assert answer.status_code == 503
    assert answer.get_json()["error"] == "Google asks for proof of being human"


def test_a_page_in_an_unknown_encoding_is_read_as_utf8(browse: Browse, internet: StandIn) -> None:
    internet.answer = lambda request: Answer(duckduckgo_page().encode(), kind="text/html; charset=klingon")
    answer = browse().post("/api/websearch", json={"query": "x", "engine": "duckduckgo"})
    assert answer.get_json() == {"results": "\n".join(SNIPPETS), "links": LINKS}


def test_an_engine_that_finds_nothing_gives_an_empty_answer(browse: Browse, internet: StandIn) -> None:
    internet.answer = lambda request: Answer(b"<html><body>No results.</body></html>")
    answer = browse().post("/api/websearch", json={"query": "x", "engine": "duckduckgo"})
    assert answer.get_json() == {"results": "", "links": []}


def test_where_google_refuses_duckduckgo_is_asked(browse: Browse, internet: StandIn) -> None:
    internet.answer = lambda request: Answer(SCRIPTS.encode()) if request.path == "/search" else both(request)
    assert browse().post("/api/websearch", json={"query": "x"}).get_json()["links"] == LINKS
    assert browse(fall_back=False).post("/api/websearch", json={"query": "x"}).status_code == 503


def test_an_engine_that_is_not_there_is_told(browse: Browse) -> None:
    answer = browse(duckduckgo_url="http://127.0.0.1:9").post(
        "/api/websearch", json={"query": "x", "engine": "duckduckgo"}
    )
    assert answer.status_code == 503
    assert "DuckDuckGo cannot be reached" in answer.get_json()["error"]


def test_an_endless_page_is_not_read_to_its_end(browse: Browse, internet: StandIn) -> None:
    internet.answer = lambda request: Answer(duckduckgo_page().encode() + b" " * 5_000_000)
    answer = browse().post("/api/websearch", json={"query": "x", "engine": "duckduckgo"})
    assert answer.get_json()["links"] == LINKS
