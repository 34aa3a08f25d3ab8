"""/api/image against picture servers on this machine, whole and broken."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image

from kuchipaku import EngineUnavailable
from kuchipaku.testing import fake_services
from kuchipaku.web import create_app
from modules import sd
from modules.sd import comfyui
from modules.sd.automatic1111 import order
from modules.sd.painters import jpeg
from modules.sd.wish import Wish
from tests.modules.sd.sd_stand_ins import MODELS, Comfy, WebUi, png
from tests.modules.stand_in import Answer, StandIn, json_answer

Studio = Callable[..., FlaskClient]


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(WebUi()) as running:
        yield running


@pytest.fixture
def studio(server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A client of a server that paints with the stand-in."""
    monkeypatch.setattr(comfyui, "PAUSE", 0.01)

    def made(modules: tuple[str, ...] = ("sd",), **settings: object) -> FlaskClient:
        own = {"url": server.url, "timeout": 5.0} | settings
        tables: dict[str, object] = {"modules": modules, "plugins": {"sd": own}}
        return create_app(fake_services(tmp_path / "characters", sd, settings=tables)).test_client()

    return made


def picture_of(body: dict[str, str]) -> Image.Image:
    file = base64.b64decode(body["image"])
    assert file.startswith(b"\xff\xd8")
    return Image.open(io.BytesIO(file))


def test_a_picture_is_painted_and_comes_as_a_jpeg(studio: Studio, server: StandIn) -> None:
    body = {"prompt": "a cat", "width": 64, "height": 100, "steps": 1, "sampler": "Euler a", "seed": 7, "extra": 1}
    picture = picture_of(studio().post("/api/image", json=body).get_json())
    assert picture.size == (64, 96)
    assert server.requests[0].json == {
        "prompt": "a cat",
        "negative_prompt": "",
        "sampler_name": "Euler a",
        "steps": 1,
        "cfg_scale": 6.0,
        "width": 64,
        "height": 96,
        "seed": 7,
        "restore_faces": False,
        "enable_hr": False,
    }


def test_wrong_fields_count_as_left_out(studio: Studio, server: StandIn) -> None:
    wrong = {"steps": "many", "scale": None, "sampler": 3, "width": -1, "height": 10**9, "enable_hr": "no", "seed": 0.5}
    studio().post("/api/image", json={"prompt": "x", **wrong})
    asked = server.requests[0].json
    assert {asked["steps"], asked["cfg_scale"], asked["sampler_name"]} == {30, 6.0, "DDIM"}
    assert (asked["width"], asked["height"], asked["enable_hr"], asked["seed"]) == (512, 512, False, -1)


def test_a_prefix_comes_before_the_prompt(studio: Studio, server: StandIn) -> None:
    studio().post("/api/image", json={"prompt": "a cat", "prompt_prefix": "best quality,"})
    assert server.requests[0].json["prompt"] == "best quality, a cat"


@pytest.mark.parametrize("body", [{"steps": 3}, {"prompt": 1}, {"prompt": ""}, {"prompt": None}])
def test_a_prompt_is_required(studio: Studio, server: StandIn, body: dict[str, object]) -> None:
    answer = studio().post("/api/image", json=body)
    assert answer.status_code == 400
    assert "is required" in answer.get_json()["error"]
    assert server.requests == []


def test_a_second_pass_is_told_only_where_it_is_wanted() -> None:
    wish = Wish("x", enable_hr=True, hr_upscaler="Latent", hr_scale=1.5, hr_second_pass_steps=4, karras=True)
    assert order(wish).items() >= {
        ("hr_scale", 1.5),
        ("hr_second_pass_steps", 4),
        ("denoising_strength", 0.7),
        ("hr_upscaler", "Latent"),
        ("scheduler", "Karras"),
    }
    assert not order(Wish("x", hr_upscaler="Latent")).keys() & {"hr_upscaler", "scheduler", "denoising_strength"}


def test_a_transparent_picture_is_laid_on_white() -> None:
    painted = Image.open(io.BytesIO(base64.b64decode(jpeg(png(8, 8, "#ff000000")))))
    assert painted.getpixel((4, 4)) == (255, 255, 255)


def test_a_picture_beyond_all_bounds_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(EngineUnavailable, match="cannot be read"):
        jpeg(png(20, 20))


def test_models_and_samplers_are_listed(studio: Studio) -> None:
    client = studio()
    assert client.get("/api/image/models").get_json() == {"models": MODELS}
    assert client.get("/api/image/model").get_json() == {"model": MODELS[0]}
    assert client.get("/api/image/samplers").get_json() == {"samplers": ["DDIM", "Euler a"]}


@pytest.mark.parametrize("kind", ["application/json", "text/plain;charset=UTF-8", None])
def test_another_model_is_chosen_whatever_the_content_type(studio: Studio, kind: str | None) -> None:
    client = studio()
    answer = client.post("/api/image/model", data=json.dumps({"model": MODELS[1]}), content_type=kind)
    assert answer.get_json() == {"previous_model": MODELS[0], "current_model": MODELS[1]}
    assert client.get("/api/image/model").get_json() == {"model": MODELS[1]}


@pytest.mark.parametrize("data", ["", "{broken", "null", "[]", "{}", "[" * 100_000, '{"model": 3}'])
def test_a_model_must_be_named(studio: Studio, data: str) -> None:
    assert studio().post("/api/image/model", data=data, content_type="text/plain").status_code == 400


def test_an_unknown_model_is_refused_with_those_there_are(studio: Studio, server: StandIn) -> None:
    answer = studio().post("/api/image/model", json={"model": "nobody"})
    assert answer.status_code == 404
    assert answer.get_json()["hint"] == f"known: {', '.join(MODELS)}"
    assert "POST" not in {request.method for request in server.requests}


@pytest.mark.parametrize("path", ["/api/image/model", "/api/image/models", "/api/image/samplers", "/api/image"])
def test_while_the_module_is_off_the_server_is_not_asked(studio: Studio, server: StandIn, path: str) -> None:
    client = studio(modules=())
    answer = client.post(path, data="{broken") if path == "/api/image" else client.get(path)
    assert answer.status_code == 403
    assert server.requests == []


FAULTS = {
    "no picture": (json_answer({"images": []}), "cannot be read"),
    "no base64": (json_answer({"images": ["%%%"]}), "cannot be read"),
    "no ASCII": (json_answer({"images": ["ä"]}), "cannot be read"),
    "no image": (json_answer({"images": [base64.b64encode(b"text").decode()]}), "cannot be read"),
    "no JSON": (Answer(b"<html>gradio</html>"), "cannot be read"),
    "a list": (json_answer([]), "cannot be read"),
    "no API": (json_answer({"detail": "Not Found"}, 404), "has no /sdapi/v1/txt2img"),
    "no memory": (json_answer({"error": "OutOfMemoryError"}, 500), "in trouble (500)"),
    "password": (Answer(status=401), "refuses us (401)"),
    "cut": (Answer(b'{"images"', cut=True), "hung up"),
    "silence": (Answer(silent=True), "silent for 0.2 seconds"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_server_is_told(studio: Studio, server: StandIn, fault: str) -> None:
    given, told = FAULTS[fault]
    server.answer = lambda request: given
    answer = studio(timeout=0.2).post("/api/image", json={"prompt": "x"})
    assert answer.status_code == 503
    assert told in answer.get_json()["error"]
    assert answer.get_json()["hint"]


@pytest.mark.parametrize("kind", ["automatic1111", "comfyui"])
def test_a_server_that_is_not_there_is_told_with_what_to_do(studio: Studio, kind: str) -> None:
    client = studio(url="http://127.0.0.1:9", kind=kind)
    for answer in (client.post("/api/image", json={"prompt": "x"}), client.get("/api/image/models")):
        assert answer.status_code == 503
        assert f"start Stable Diffusion ({kind})" in answer.get_json()["hint"]
        assert "set plugins.sd.url" in answer.get_json()["hint"]


def test_a_password_is_sent_from_the_environment(
    studio: Studio, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUCHIPAKU_SD_AUTH", "user:pass:word")
    studio().get("/api/image/model")
    told = base64.b64encode(b"user:pass:word").decode()
    assert server.requests[0].headers["Authorization"] == f"Basic {told}"


@pytest.mark.parametrize("new", [True, False])
def test_comfyui_paints_a_graph(studio: Studio, server: StandIn, new: bool) -> None:
    server.answer = comfy = Comfy(new=new)
    body = {"prompt": "a cat", "negative_prompt": "dogs", "width": 64, "height": 72, "steps": 2, "seed": 3}
    assert picture_of(studio(kind="comfyui").post("/api/image", json=body).get_json()).size == (64, 72)
    assert comfy.asked == 2
    assert [comfy.graph[node]["inputs"]["text"] for node in "23"] == ["a cat", "dogs"]
    assert comfy.graph["1"]["inputs"] == {"ckpt_name": MODELS[0]}
    sampling = comfy.graph["5"]["inputs"]
    assert (sampling["sampler_name"], sampling["steps"], sampling["cfg"], sampling["seed"]) == ("ddim", 2, 6.0, 3)


def test_comfyui_remembers_the_chosen_model(studio: Studio, server: StandIn) -> None:
    server.answer = comfy = Comfy()
    client = studio(kind="comfyui")
    assert client.get("/api/image/samplers").get_json() == {"samplers": ["euler", "ddim"]}
    answer = client.post("/api/image/model", json={"model": MODELS[1]})
    assert answer.get_json() == {"previous_model": MODELS[0], "current_model": MODELS[1]}
    client.post("/api/image", json={"prompt": "x", "width": 64, "height": 64})
    assert comfy.graph["1"]["inputs"] == {"ckpt_name": MODELS[1]}


def test_a_graph_of_comfyui_takes_a_sampler_that_is_there_and_another_seed_each_time() -> None:
    graphs = [comfyui.graph(Wish("x", sampler="DPM++ 2M", karras=True), "m", ["euler"]) for _ in range(2)]
    inputs = [graph["5"]["inputs"] for graph in graphs]
    assert {each["sampler_name"] for each in inputs} == {"euler"}
    assert {each["scheduler"] for each in inputs} == {"karras"}
    assert inputs[0]["seed"] != inputs[1]["seed"]


def test_what_comfyui_cannot_paint_is_told(studio: Studio, server: StandIn) -> None:
    server.answer = comfy = Comfy()
    comfy.fails = True
    answer = studio(kind="comfyui").post("/api/image", json={"prompt": "x"})
    assert (answer.status_code, answer.get_json()["error"]) == (503, "ComfyUI could not paint that")


def test_comfyui_is_not_waited_for_for_ever(studio: Studio, server: StandIn) -> None:
    comfy = Comfy()
    server.answer = lambda request: json_answer({}) if "history" in request.path else comfy(request)
    answer = studio(kind="comfyui", timeout=0.3).post("/api/image", json={"prompt": "x"})
    assert answer.status_code == 503
    assert "not done after 0.3 seconds" in answer.get_json()["error"]


def test_a_history_of_comfyui_that_is_none_is_told(studio: Studio, server: StandIn) -> None:
    comfy = Comfy()
    server.answer = lambda request: json_answer([]) if "history" in request.path else comfy(request)
    answer = studio(kind="comfyui").post("/api/image", json={"prompt": "x"})
    assert answer.status_code == 503
    assert "cannot be read" in answer.get_json()["error"]
