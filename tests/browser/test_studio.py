"""The studio: pose, emotions, filters and motion of a character, with a stand-in for the server's answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kuchipaku import LABELS, THA_RIG
from modules.talkinghead.filters.chain import FILTERS
from tests.browser.studio_host import StudioHost

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

SLIDE = """(slider, value) => {
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""

DRAG_FAST = """(slider) => new Promise((resolve) => {
  let value = 0;
  const timer = setInterval(() => {
    value += 0.01;
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    if (value > 0.995) resolve(clearInterval(timer));
  }, 5);
})"""

SIXTY_STEPS = """() => {
  for (let n = 1; n <= 60; n += 1) {
    const slider = document.querySelector(`[data-morph=${n % 2 ? "mouth_aaa" : "mouth_iii"}] input`);
    slider.value = n / 100;
    slider.dispatchEvent(new Event("input"));
  }
}"""

SIXTY_TIMES_BACK = """() => {
  for (let n = 0; n < 60; n += 1) dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true }));
}"""

NAMELESS = """() => [...document.querySelectorAll("button, input, select, a, [tabindex]")].filter((control) =>
  !(control.getAttribute("aria-label") || control.getAttribute("aria-labelledby") || control.textContent.trim()
    || [...control.labels ?? []].some((label) => label.textContent.trim()))).map((control) => control.outerHTML)"""


@pytest.fixture
def studio(new_page: Callable[..., Page], server: str) -> tuple[Page, StudioHost]:
    """The studio of a character in rest, and its stand-in server."""
    return opened(new_page, server)


def opened(
    new_page: Callable[..., Page], server: str, tab: str = "pose", size: tuple[int, int] = (1280, 800)
) -> tuple[Page, StudioHost]:
    """The studio with one of its tabs in sight."""
    page = new_page("about:blank", size)
    host = StudioHost(page)
    page.goto(f"{server}studio?character=sumire#{tab}")
    page.locator("#desk:not([inert])").wait_for()
    return page, host


def slider(page: Page, morph: str) -> Locator:
    return page.locator(f"[data-morph={morph}] input[type=range]")


def slide(page: Page, morph: str, value: float) -> None:
    slider(page, morph).evaluate(SLIDE, value)


def shown(page: Page, morph: str) -> float:
    return float(slider(page, morph).input_value())


def sent(page: Page, host: StudioHost, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The newest body sent, once it is as `wanted`."""
    for _ in range(200):
        if host.sent and wanted(host.sent[-1]):
            return host.sent[-1]
        page.wait_for_timeout(20)
    raise AssertionError(f"never sent; the last was {host.sent[-1:]}")


def test_there_is_a_slider_with_a_number_for_every_morph(studio: tuple[Page, StudioHost]) -> None:
    page, _ = studio
    morphs = page.locator("#sliders [data-morph]").evaluate_all("(all) => all.map((one) => one.dataset.morph)")
    assert sorted(morphs) == sorted(THA_RIG.morphs)
    assert page.locator("#sliders input[type=number]").count() == 45
    groups = page.locator("#sliders legend").all_inner_texts()
    assert groups == ["Eyebrows", "Eyes", "Irises", "Mouth", "Head", "Body", "Breath"]


def test_a_moved_slider_holds_the_whole_face_with_its_twin(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    slide(page, "eye_wink_left", 0.6)
    pose = sent(page, host, lambda body: "pose" in body)["pose"]
    assert set(pose) == set(THA_RIG.morphs)
    assert {name: value for name, value in pose.items() if value} == {"eye_wink_left": 0.6, "eye_wink_right": 0.6}
    assert shown(page, "eye_wink_right") == 0.6
    assert page.locator("#held").is_visible()


def test_sides_are_moved_alone_once_their_link_is_cut_and_that_is_remembered(studio: tuple[Page, StudioHost]) -> None:
    page, _ = studio
    page.get_by_role("button", name="Wink: both sides as one", exact=True).click()
    slide(page, "eye_wink_left", 1)
    assert (shown(page, "eye_wink_left"), shown(page, "eye_wink_right")) == (1, 0)
    page.reload()
    link = page.get_by_role("button", name="Wink: both sides as one", exact=True)
    assert link.get_attribute("aria-pressed") == "false"


def test_a_number_can_be_typed_and_is_held_inside_the_range(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    number = page.locator("[data-morph=head_x] input[type=number]")
    number.fill("-3")
    number.press("Enter")
    assert sent(page, host, lambda body: "pose" in body)["pose"]["head_x"] == -1
    assert number.input_value() == "-1"


def test_a_double_click_puts_a_slider_to_rest(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    slide(page, "mouth_aaa", 0.8)
    slider(page, "mouth_aaa").dblclick()
    sent(page, host, lambda body: body["pose"]["mouth_aaa"] == 0)
    assert shown(page, "mouth_aaa") == 0


def test_letting_go_gives_the_face_back(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    slide(page, "mouth_aaa", 0.8)
    page.get_by_role("button", name="Let go").click()
    assert sent(page, host, lambda body: body.get("pose", 1) is None)["character"] == "sumire"
    assert page.locator("#held").is_hidden()


def test_a_drag_is_sent_at_most_25_times_a_second_and_ends_with_the_newest(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    from_ms = page.evaluate("performance.now()")
    slider(page, "mouth_ooo").evaluate(DRAG_FAST)
    sent(page, host, lambda body: body["pose"]["mouth_ooo"] == 1)
    seconds = (page.evaluate("performance.now()") - from_ms) / 1000
    assert 2 < len(host.sent) <= 25 * seconds + 2


def test_an_emotion_is_worn_with_a_click_and_its_face_is_on_the_sliders(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    assert page.locator("#moods .chip").all_inner_texts() == sorted(LABELS)
    slide(page, "head_y", 1)
    page.get_by_role("button", name="joy", exact=True).click()
    assert sent(page, host, lambda body: "emotion" in body) == {"character": "sumire", "emotion": "joy", "pose": None}
    assert (shown(page, "mouth_aaa"), shown(page, "eyebrow_happy_right"), shown(page, "head_y")) == (1, 0.5, 0)


def test_the_sliders_become_the_face_of_an_emotion(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    page.get_by_role("button", name="joy", exact=True).click()
    slide(page, "mouth_aaa", 0.25)
    slide(page, "breathing", 1)
    page.get_by_role("button", name="Make this the face of joy").click()
    face = {"mouth_aaa": 0.25, "eyebrow_happy_left": 1.0, "eyebrow_happy_right": 0.5}
    assert sent(page, host, lambda body: "templates" in body)["templates"] == {"joy": face}
    assert page.locator(".chip[data-edited]").all_inner_texts() == ["joy"]
    assert page.locator("#state").inner_text() == "Not saved"


def test_every_change_can_be_undone_and_done_again_by_keys(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    slide(page, "mouth_aaa", 0.8)
    page.get_by_role("button", name="joy", exact=True).click()
    page.locator("label.toggle", has_text="Talk").click()
    sent(page, host, lambda body: body.get("talking") is True)
    page.keyboard.press("Control+z")
    sent(page, host, lambda body: body.get("talking") is False)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    sent(page, host, lambda body: body.get("pose", 1) is None)
    assert host.state["emotion"] == "neutral"
    assert page.get_by_role("button", name="Undo").is_disabled()
    for key in ("Control+Shift+Z", "Control+y", "Control+y"):
        page.keyboard.press(key)
    sent(page, host, lambda body: body.get("talking") is True)
    assert (host.state["emotion"], host.state["pose"]) == ("joy", None)


def test_fifty_steps_and_more_can_be_taken_back(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    page.evaluate(SIXTY_STEPS)
    sent(page, host, lambda body: body["pose"]["mouth_iii"] == 0.6)
    page.evaluate(SIXTY_TIMES_BACK)
    sent(page, host, lambda body: body.get("pose", 1) is None)


def test_filters_are_added_set_moved_and_removed(new_page: Callable[..., Page], server: str) -> None:
    page, host = opened(new_page, server, "filters")
    assert page.locator("#shelf .offer b").count() == len(FILTERS)
    for name in ("Bloom", "Scanlines"):
        page.locator("#shelf .offer").filter(has=page.get_by_text(name, exact=True)).click()
    page.get_by_label("Luma threshold", exact=True).evaluate(SLIDE, 0.5)
    page.get_by_label("Channel").select_option("A")
    page.get_by_role("switch", name="Dynamic").uncheck()
    chain = [["bloom", {"luma_threshold": 0.5}], ["scanlines", {"channel": "A", "dynamic": False}]]
    sent(page, host, lambda body: body["animator"] == {"postprocessor_chain": chain})
    page.get_by_role("button", name="Scanlines: earlier").click()
    sent(page, host, lambda body: body["animator"]["postprocessor_chain"] == chain[::-1])
    assert page.evaluate("document.activeElement.ariaLabel") == "Scanlines: later"
    page.get_by_role("button", name="Bloom: remove").click()
    sent(page, host, lambda body: body["animator"]["postprocessor_chain"] == chain[1:])
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    sent(page, host, lambda body: body["animator"]["postprocessor_chain"] == chain)
    assert page.locator(".filter").evaluate_all("(all) => all.map((one) => one.ariaLabel)") == ["Bloom", "Scanlines"]


def test_a_filter_is_dragged_to_another_place(new_page: Callable[..., Page], server: str) -> None:
    page, host = opened(new_page, server, "filters")
    for name in ("Vignetting", "Translucency", "Banding"):
        page.locator("#shelf .offer").filter(has=page.get_by_text(name, exact=True)).click()
    grip = page.locator(".filter .grip").first
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + 60, steps=4)
    page.mouse.move(box["x"] + 10, box["y"] + 790, steps=4)
    page.mouse.up()
    chain = sent(page, host, lambda body: body["animator"]["postprocessor_chain"][0][0] != "vignetting")
    assert [name for name, _ in chain["animator"]["postprocessor_chain"]] == ["translucency", "banding", "vignetting"]


def test_two_filters_of_a_kind_have_memories_of_their_own(new_page: Callable[..., Page], server: str) -> None:
    page, host = opened(new_page, server, "filters")
    for _ in range(2):
        page.locator("#shelf .offer").filter(has=page.get_by_text("Lumanoise", exact=True)).click()
    chain = [["lumanoise", {"name": "lumanoise0"}], ["lumanoise", {"name": "lumanoise1"}]]
    sent(page, host, lambda body: body["animator"]["postprocessor_chain"] == chain)


def test_settings_of_the_animator_are_sent_as_they_are_changed(new_page: Callable[..., Page], server: str) -> None:
    page, host = opened(new_page, server, "motion")
    assert "own life" in page.locator("#alive").inner_text()
    page.get_by_label("Sway macro strength", exact=True).evaluate(SLIDE, 0.2)
    sent(page, host, lambda body: body["animator"] == {"sway_macro_strength": 0.2})
    page.get_by_label("Body lean", exact=True).uncheck(force=True)
    morphs = sent(page, host, lambda body: "sway_morphs" in body["animator"])["animator"]["sway_morphs"]
    assert sorted(morphs) == ["body_y", "head_x", "head_y", "neck_z"]
    page.get_by_label("Talking morph").select_option("Mouth delta")
    sent(page, host, lambda body: body["animator"] == {"talking_morph": "mouth_delta"})
    page.locator("#alive").wait_for(state="hidden")


def test_what_is_refused_is_told_and_taken_back(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    host.refusal = {"ok": False, "error": "joy.mouth_aaa is 'wide'", "hint": "a number", "status": 400}
    slide(page, "mouth_aaa", 0.8)
    page.locator("#trouble").wait_for()
    assert page.locator("#trouble").inner_text() == "joy.mouth_aaa is 'wide' – a number"
    page.wait_for_function("document.querySelector('[data-morph=mouth_aaa] input').value === '0'")
    slide(page, "mouth_iii", 0.5)
    page.locator("#trouble").wait_for(state="hidden")


def test_saving_and_leaving(new_page: Callable[..., Page], server: str) -> None:
    page, host = opened(new_page, server, "motion")
    page.get_by_label("Target fps", exact=True).evaluate(SLIDE, 30)
    page.locator("#state[data-unsaved]").wait_for()
    assert page.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))") is False
    page.keyboard.press("Control+s")
    page.locator("#state:not([data-unsaved])").wait_for()
    assert host.saves == 1
    assert page.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))") is True
    assert page.get_by_role("button", name="Save", exact=True).is_disabled()


def test_both_files_are_downloaded(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    for name, field in (("_animator.json", "animator"), ("_emotions.json", "templates")):
        page.get_by_role("button", name="Files").click()
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name).click()
        assert waiting.value.suggested_filename == name
        assert json.loads(Path(waiting.value.path()).read_text()) == host.state[field]
        page.locator("#files").wait_for(state="hidden")


def test_files_are_taken_over_and_that_can_be_undone(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    give(page, "_emotions.json", {"joy": {"mouth_iii": 1}})
    assert sent(page, host, lambda body: "templates" in body)["templates"] == {"joy": {"mouth_iii": 1}}
    page.get_by_text("Taken over: _emotions.json").wait_for()
    page.get_by_role("button", name="joy", exact=True).click()
    assert shown(page, "mouth_iii") == 1
    give(page, "_animator.json", {"target_fps": 12, "postprocessor_chain": []})
    assert sent(page, host, lambda body: "animator" in body)["animator"]["target_fps"] == 12
    page.get_by_text("Taken over: _animator.json").wait_for()
    page.keyboard.press("Control+z")
    sent(page, host, lambda body: body.get("animator") == {"target_fps": 25.0})


def give(page: Page, name: str, content: object) -> None:
    """Choose a file in the dialog for files."""
    given = {"name": name, "mimeType": "application/json", "buffer": json.dumps(content).encode()}
    page.locator("#import").set_input_files(given)


def test_an_emotion_that_a_file_brings_can_be_worn(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    give(page, "_emotions.json", {"mischief": {"mouth_smirk": 1}})
    page.get_by_role("button", name="mischief", exact=True).click()
    sent(page, host, lambda body: body.get("emotion") == "mischief")
    assert shown(page, "mouth_smirk") == 1


def test_turning_to_another_character_asks_first_and_lets_go_of_the_face(
    new_page: Callable[..., Page], server: str
) -> None:
    page, answers = new_page("about:blank"), iter([False, True])
    host = StudioHost(page)
    cards = [{"name": name, "title": name.title()} for name in ("sumire", "aoi")]
    page.route("**/api/characters", lambda route: route.fulfill(json={"characters": cards, "chosen": "aoi"}))
    page.on("dialog", lambda dialog: dialog.accept() if next(answers) else dialog.dismiss())
    page.goto(f"{server}studio?character=sumire")
    page.locator("#desk:not([inert])").wait_for()
    slide(page, "mouth_aaa", 0.5)
    page.get_by_role("button", name="Make this the face of neutral").click()
    slide(page, "mouth_aaa", 1)
    page.locator("#state[data-unsaved]").wait_for()
    page.get_by_label("Character", exact=True).select_option("aoi")
    assert page.get_by_label("Character", exact=True).input_value() == "sumire"
    page.get_by_label("Character", exact=True).select_option("aoi")
    sent(page, host, lambda body: body == {"character": "sumire", "pose": None})
    page.wait_for_function("location.search === '?character=aoi'")
    page.locator("#desk:not([inert])").wait_for()
    slide(page, "mouth_iii", 1)
    assert sent(page, host, lambda body: body["pose"] is not None)["character"] == "aoi"


def test_a_file_that_is_neither_is_refused_in_words(studio: tuple[Page, StudioHost]) -> None:
    page, _ = studio
    give(page, "notes.json", ["no", "settings"])
    page.locator("#trouble").wait_for()
    assert "notes.json holds neither" in page.locator("#trouble").inner_text()


def test_a_dropped_file_is_taken_over(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    page.evaluate("""() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['{"blink_probability": 0.2}'], "_animator.json"));
      dispatchEvent(new DragEvent("dragover", { dataTransfer, cancelable: true }));
      if (document.querySelector("#veil").hidden) throw new Error("nothing says that a file may be dropped");
      dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
    }""")
    assert sent(page, host, lambda body: "animator" in body)["animator"] == {"blink_probability": 0.2}


def test_a_reset_is_one_step(new_page: Callable[..., Page], server: str) -> None:
    page, host = opened(new_page, server, "motion")
    page.get_by_label("Target fps", exact=True).evaluate(SLIDE, 30)
    sent(page, host, lambda body: body["animator"] == {"target_fps": 30})
    page.get_by_role("button", name="Files").click()
    page.locator("#reset").click()
    page.wait_for_function("document.querySelector('[data-field=target_fps] input').value === '25'")
    assert host.state["animator"]["target_fps"] == 25
    page.keyboard.press("Control+z")
    page.wait_for_function("document.querySelector('[data-field=target_fps] input').value === '30'")
    sent(page, host, lambda body: body["animator"] == {"target_fps": 30})


def test_a_random_face_moves_brows_eyes_mouth_and_head(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    page.get_by_role("button", name="Random").click()
    pose = sent(page, host, lambda body: "pose" in body)["pose"]
    moved = {name.partition("_")[0] for name, value in pose.items() if value}
    assert {"eyebrow", "eye", "mouth"} <= moved
    assert THA_RIG.clamp(pose) == pose


def test_eyes_and_head_follow_the_mouse_until_they_are_let_go(studio: tuple[Page, StudioHost]) -> None:
    page, host = studio
    page.locator("label.toggle", has_text="Follow").click()
    page.mouse.move(300, 790)
    page.mouse.move(1270, 300)
    right = sent(page, host, lambda body: (body.get("pose") or {}).get("iris_rotation_y") == -1)["pose"]
    assert right["head_y"] == -0.7
    page.locator("label.toggle", has_text="Follow").click()
    sent(page, host, lambda body: body["pose"] is None)


def test_the_ground_behind_the_picture_is_chosen_and_remembered(studio: tuple[Page, StudioHost]) -> None:
    page, _ = studio
    page.locator("#grounds label", has_text="Green").click()
    page.reload()
    page.locator("#easel[data-ground=green]").wait_for()


def test_tabs_are_turned_by_arrow_keys_and_named_in_the_address(studio: tuple[Page, StudioHost]) -> None:
    page, _ = studio
    page.get_by_role("tab", name="Pose").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tabpanel", name="Filters").is_visible()
    assert page.url.endswith("#filters")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.get_by_role("tabpanel", name="Adjust the face").is_visible()


def test_every_control_of_the_studio_has_a_name(studio: tuple[Page, StudioHost]) -> None:
    page, _ = studio
    for name in ("Bloom", "Scanlines", "Desaturate"):
        page.locator("#shelf .offer b", has_text=name).first.evaluate("(it) => it.click()")
    assert page.evaluate(NAMELESS) == []


def test_on_a_phone_the_picture_stays_in_sight(new_page: Callable[..., Page], server: str) -> None:
    page, _ = opened(new_page, server, "pose", (390, 844))
    slider(page, "breathing").scroll_into_view_if_needed()
    box = page.locator("#picture").bounding_box()
    assert box
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 844 / 2
    assert page.evaluate("document.documentElement.scrollWidth") == 390
