"""A stand-in for the server's studio: answers the page's requests and keeps what it was sent."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from kuchipaku import LABELS, THA_RIG
from modules.talkinghead.extras.settings import KEYS, AnimatorSettings
from modules.talkinghead.filters.chain import describe

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

GROUPS = {"neck": "head", "breathing": "breath"}
HELPED = ("about", "low", "high", "step", "kind")

ANCHORS: dict[str, Any] = {
    "face": [256, 212, 92, 104],
    "neck": [256, 292],
    "eyes": {"left": [300, 212], "right": [212, 212], "size": 29, "height": 0.8},
    "brows": {"left": [303, 174], "right": [209, 174], "size": 23},
    "mouth": {"at": [256, 264], "size": 15},
}


def group_of(morph: str) -> str:
    """The group under which the studio shows a morph."""
    word = morph.partition("_")[0]
    return GROUPS.get(word, word)


class StudioHost:
    """The studio of one character, on a page that is routed to it; its live picture never comes."""

    def __init__(self, page: Page) -> None:
        self.sent: list[dict[str, Any]] = []
        """Bodies of POST /studio, oldest first."""
        self.placed: list[dict[str, Any]] = []
        """Anchors of PUT /anchors, oldest first."""
        self.saves = 0
        self.refusal: dict[str, Any] | None = None
        """What the next change is answered with, an error."""
        self.anchors: dict[str, Any] | None = copy.deepcopy(ANCHORS)
        self.state: dict[str, Any] = fresh()
        page.route("**/live/*.mjpg*", lambda route: route.abort())
        page.route("**/api/talkinghead/studio**", self._studio)
        page.route("**/api/talkinghead/studio/**", self._studio)
        page.route("**/api/puppet/*/anchors", self._anchors)

    def _studio(self, route: Route) -> None:
        request = route.request
        end = request.url.partition("?")[0].rpartition("/studio")[2]
        if request.method == "POST" and self.refusal:
            status, self.refusal, told = self.refusal["status"], None, self.refusal
            route.fulfill(status=status, json=told)
        elif end.endswith(".json"):
            route.fulfill(json=self.state["animator"] if "animator" in end else self.state["templates"])
        else:
            self._change(request, end)
            self.state["character"] = asked_for(request)
            route.fulfill(json=self.state)

    def _change(self, request: Request, end: str) -> None:
        if request.method != "POST":
            return
        body = json.loads(request.post_data or "{}")
        if end == "/save":
            self.saves += 1
            self.state["saved"] = True
        elif end == "/reset":
            self.state = fresh()
        else:
            self.sent.append(body)
            self._merge(copy.deepcopy(body))

    def _merge(self, body: dict[str, Any]) -> None:
        self.state["emotions"] = sorted({*self.state["emotions"], *body.get("templates", {})})
        for name in ("animator", "templates"):
            if name in body:
                self.state[name] = {**self.state[name], **body.pop(name)}
                self.state |= {"saved": False, "in_charge": True}
        self.state |= body

    def _anchors(self, route: Route) -> None:
        if route.request.method == "PUT":
            self.anchors = json.loads(route.request.post_data or "{}")["anchors"]
            self.placed.append(self.anchors or {})
        route.fulfill(json={"anchors": self.anchors})


def asked_for(request: Request) -> str:
    """Whose studio a request is about."""
    if request.method == "POST":
        return str(json.loads(request.post_data or "{}")["character"])
    return parse_qs(urlsplit(request.url).query)["character"][0]


def fresh() -> dict[str, Any]:
    """What the studio tells of a character that nobody has touched."""
    return {
        "character": "sumire",
        "morphs": [
            {"name": name, "low": low, "high": high, "group": group_of(name)}
            for name, (low, high) in ((name, THA_RIG.ranges[name]) for name in THA_RIG.morphs)
        ],
        "emotions": sorted(LABELS),
        "templates": {label: {} for label in LABELS}
        | {"joy": {"mouth_aaa": 1.0, "eyebrow_happy_left": 1.0, "eyebrow_happy_right": 0.5}},
        "animator": AnimatorSettings().to_json(),
        "animator_help": {name: {part: getattr(key, part) for part in HELPED} for name, key in KEYS.items()},
        "filters": describe(),
        "in_charge": False,
        "talking": False,
        "emotion": "neutral",
        "pose": None,
        "saved": True,
        "files": [],
        "trouble": [],
    }
