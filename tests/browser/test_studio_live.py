"""The studio with a real server: what is changed is seen at once and kept in the character's files."""

from __future__ import annotations

import io
import json
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.serving import ROOT, running_server

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SLIDE = """(slider, value) => {
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""

DARK_IN_THE_MOUTH = """() => {
  const pixels = document.querySelector("#picture").getContext("2d").getImageData(225, 250, 60, 30).data;
  let dark = 0;
  for (let at = 0; at < pixels.length; at += 4) dark += pixels[at] + pixels[at + 1] + pixels[at + 2] < 330 ? 1 : 0;
  return dark;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studio")


@pytest.fixture(scope="module")
def own_server(folder: Path) -> Iterator[str]:
    """A server whose characters this module may change."""
    with running_server(folder) as address:
        yield address


@pytest.fixture
def studio(new_page: Callable[..., Page], own_server: str) -> Page:
    """The studio with the character in view."""
    page = new_page(f"{own_server}studio?character=sumire")
    page.locator("#desk:not([inert])").wait_for()
    page.wait_for_function("kuchipaku.meter.fps > 0")
    return page


def told(server: str) -> dict[str, Any]:
    """What the server tells of the studio."""
    with urllib.request.urlopen(f"{server}api/talkinghead/studio?character=sumire", timeout=10) as answer:
        return dict(json.load(answer))


def test_a_held_mouth_is_seen_open_and_shuts_when_the_page_is_left(studio: Page, own_server: str) -> None:
    shut = studio.evaluate(DARK_IN_THE_MOUTH)
    studio.locator("[data-morph=mouth_aaa] input[type=range]").evaluate(SLIDE, 1)
    studio.wait_for_function(f"({DARK_IN_THE_MOUTH})() > {shut} + 100")
    studio.goto("about:blank")
    for _ in range(100):
        if told(own_server)["pose"] is None:
            break
        studio.wait_for_timeout(20)
    assert told(own_server)["pose"] is None


def test_a_filter_is_seen_and_kept_with_the_faces_in_the_characters_files(
    studio: Page, own_server: str, folder: Path
) -> None:
    studio.get_by_role("tab", name="Filters").click()
    studio.locator("#shelf .offer").filter(has=studio.get_by_text("Translucency", exact=True)).click()
    studio.get_by_label("Alpha", exact=True).evaluate(SLIDE, 0.5)
    studio.wait_for_function("""() => {
      const picture = document.querySelector("#picture");
      return Math.abs(picture.getContext("2d").getImageData(256, 420, 1, 1).data[3] - 128) < 12;
    }""")
    studio.get_by_role("button", name="joy", exact=True).click()
    studio.get_by_role("tab", name="Pose").click()
    studio.locator("[data-morph=mouth_smirk] input[type=range]").evaluate(SLIDE, 0.75)
    studio.get_by_role("button", name="Make this the face of joy").click()
    studio.get_by_role("button", name="Save", exact=True).click()
    studio.locator("#state:not([data-unsaved])").wait_for()
    character = folder / "characters" / "sumire"
    chain = json.loads((character / "_animator.json").read_text())["postprocessor_chain"]
    assert chain == [["translucency", {"alpha": 0.5}]]
    faces = json.loads((character / "_emotions.json").read_text())
    assert faces["joy"]["mouth_smirk"] == 0.75


def test_any_picture_becomes_a_character_whose_face_can_be_adjusted(
    new_page: Callable[..., Page], own_server: str, folder: Path
) -> None:
    page = new_page(own_server)
    page.set_default_timeout(60_000)
    page.locator("#characters-open").click()
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": on_plain_ground()}
    page.locator("#add-picture").set_input_files(picture)
    page.get_by_role("img", name="Score: ").wait_for()
    assert page.locator("#fit-checks [data-verdict=mended]").count() >= 1
    page.locator("#add-title").fill("Aoi")
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_function("document.querySelector('#character-title').textContent === 'Aoi'")
    page.goto(f"{own_server}studio?character=aoi#fit")
    toml = folder / "characters" / "aoi" / "character.toml"
    before = toml.read_text()
    page.locator("[data-handle='mouth.at']").focus()
    page.keyboard.press("Shift+ArrowDown")
    for _ in range(500):
        if toml.read_text() != before:
            break
        page.wait_for_timeout(20)
    low = tomllib.loads(toml.read_text())["puppet"]["mouth"]["at"][1]
    assert low == pytest.approx(tomllib.loads(before)["puppet"]["mouth"]["at"][1] + 10)
    assert page.locator("#trouble").is_hidden()


def on_plain_ground() -> bytes:
    """Our own character on a plain ground, as a picture from anywhere may be."""
    ground, sink = Image.new("RGBA", (320, 400), "#cfe3ee"), io.BytesIO()
    with Image.open(ROOT / "characters" / "sumire" / "picture.png") as picture:
        figure = picture.convert("RGBA").resize((320, 320))
    ground.alpha_composite(figure, (0, 80))
    ground.save(sink, "PNG")
    return sink.getvalue()


def test_what_is_not_saved_goes_with_a_reset_and_comes_back_with_undo(studio: Page, own_server: str) -> None:
    studio.get_by_role("tab", name="Motion").click()
    studio.get_by_label("Target fps", exact=True).evaluate(SLIDE, 12)
    studio.locator("#state[data-unsaved]").wait_for()
    studio.get_by_role("button", name="Files").click()
    studio.locator("#reset").click()
    studio.locator("#state:not([data-unsaved])").wait_for()
    assert told(own_server)["animator"]["target_fps"] == 25
    studio.keyboard.press("Control+z")
    studio.locator("#state[data-unsaved]").wait_for()
    studio.wait_for_function("document.querySelector('#undo').disabled === false")
    assert studio.locator("[data-field=target_fps] input[type=range]").input_value() == "12"


def test_what_the_server_refuses_is_told(studio: Page) -> None:
    file = {"name": "_animator.json", "mimeType": "application/json", "buffer": b'{"target_fps": 0}'}
    studio.locator("#import").set_input_files(file)
    studio.locator("#trouble").wait_for()
    assert "target_fps" in studio.locator("#trouble").inner_text()


def test_the_bare_picture_of_the_studio_keeps_its_transparency(studio: Page) -> None:
    picture = Image.open(io.BytesIO(studio.locator("#picture").screenshot()))
    assert picture.size[0] > 300
    alpha = "document.querySelector('#picture').getContext('2d').getImageData(2, 2, 1, 1).data[3]"
    assert studio.evaluate(alpha) == 0
