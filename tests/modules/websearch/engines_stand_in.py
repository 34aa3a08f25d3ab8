"""Pages as the two search engines write them, and a server that has both."""

from __future__ import annotations

from urllib.parse import quote

from tests.modules.stand_in import Answer, Request, StandIn

FOUND = (
    ("https://example.org/band", "Talking Heads", "Talking Heads were an\n American band & more."),
    ("https://example.org/head?a=1&b=2", "Talking head", "A talking head is a face that speaks."),
)
"""(link, title, snippet)."""

CAPTCHA = '<html><body><div class="anomaly-modal__modal">Select all ducks</div></body></html>'
SCRIPTS = '<html><head><meta content="0;url=/httpservice/retry/enablejs?sei=x" http-equiv="refresh"></head></html>'


def escaped(text: str) -> str:
    return text.replace("&", "&amp;")


def duckduckgo_page() -> str:
    """Results behind its redirection, and an advertisement."""
    blocks = [
        f'<div class="result results_links web-result"><h2><a class="result__a"'
        f' href="//duckduckgo.com/l/?uddg={quote(link, safe="")}&amp;rut=abc">{title}</a></h2>'
        f'<a class="result__snippet" href="#"><b>{escaped(snippet)}</b></a></div>'
        for link, title, snippet in FOUND
    ]
    ad = (
        '<div class="result result--ad"><a class="result__a" href="https://ads.example/buy">Buy</a>'
        '<a class="result__snippet">Buy now</a></div>'
    )
    return f"<html><body><div id='links'>{ad}{''.join(blocks)}</div></body></html>"


def google_page() -> str:
    """Results behind its redirection, in blocks that stand beside each other; a link of its own has no heading."""
    blocks = [
        f'<div><div class="g1"><a href="/url?q={quote(link, safe="")}&amp;sa=U"><h3>{title}</h3>'
        f"<div>example.org</div></a></div><div class='g2'><span>{escaped(snippet)}</span></div></div>"
        for link, title, snippet in FOUND
    ]
    own = '<div><a href="/search?q=x&amp;start=10">Next</a><a href="/url?q=/internal"><h3>Images</h3></a></div>'
    return f"<html><body><div id='main'>{''.join(blocks)}{own}</div></body></html>"


def both(request: Request) -> Answer:
    """Each engine's page at its path."""
    pages = {"/html/": duckduckgo_page(), "/search": google_page()}
    return Answer(pages[request.path].encode()) if request.path in pages else Answer(status=404)


def engines() -> StandIn:
    """A server that is both engines at once."""
    return StandIn(both)
