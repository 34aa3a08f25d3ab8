"""Result pages of search engines: HTML to results. Class names change often, so as few as possible are relied on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that was found."""

    link: str
    snippet: str
    """A few words of it on one line; may be empty."""


def duckduckgo_results(html: str) -> list[Result]:
    """What a page of html.duckduckgo.com lists, without advertisements."""
    page = BeautifulSoup(html, "html.parser")
    return [
        Result(link, _text(block.select_one(".result__snippet")))
        for block in page.select(".result:not(.result--ad)")
        if (link := _target(block.select_one("a.result__a"), "uddg"))
    ]


def google_results(html: str) -> list[Result]:
    """What a page of Google lists: each link around a heading, and the other words of the block that it stands in."""
    page = BeautifulSoup(html, "html.parser")
    headings = [heading for heading in page.select("a h3") if isinstance(heading.find_parent("a"), Tag)]
    return list(_google_results(headings))


def _google_results(headings: list[Tag]) -> Iterator[Result]:
    for heading in headings:
        anchor = heading.find_parent("a")
        if (link := _target(anchor, "q")) and anchor:
            block = _block_of(anchor)
            yield Result(link, _text(block).removeprefix(_text(anchor)).strip())


def _block_of(anchor: Tag) -> Tag:
    """The largest part of the page that holds this result and no other."""
    block = anchor
    for parent in anchor.parents:
        if len(parent.select("a h3", limit=2)) > 1 or parent.name in ("body", "html", "[document]"):
            break
        block = parent
    return block


def is_refusal(html: str) -> bool:
    """Whether a page asks for proof of being human, for scripts, or for consent, instead of answering."""
    page = BeautifulSoup(html, "html.parser")
    signs = '.anomaly-modal__modal, #captcha-form, .g-recaptcha, form[action*="consent."], a[href*="/enablejs"]'
    return bool(page.select_one(signs) or page.select_one('meta[content*="/enablejs"]'))


def _target(anchor: Tag | None, parameter: str) -> str:
    """Where a link leads, also behind the engine's own redirection; empty where that is no web page."""
    address = str(anchor.get("href", "")) if anchor else ""
    try:
        wrapped = parse_qs(urlsplit(address).query).get(parameter, [""])[0]
        redirected = urlsplit(address).path in ("/l/", "/url")
        target = wrapped if redirected else urljoin("https:", address)
        return target if urlsplit(target).scheme in ("http", "https") and urlsplit(target).netloc else ""
    except ValueError:  # such as http://[
        return ""


def _text(part: Tag | None) -> str:
    return " ".join(part.get_text(" ").split()) if part else ""
