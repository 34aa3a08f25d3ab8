"""A web UI of AUTOMATIC1111's kind and a ComfyUI, as far as clients see them."""

from __future__ import annotations

import base64
import io

from PIL import Image

from tests.modules.stand_in import Answer, Request, StandIn, json_answer

MODELS = ["anime.safetensors [7f96a1a9ca]", "photo.safetensors"]


def png(width: int, height: int, colour: str = "violet") -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (width, height), colour).save(file, "PNG")
    return file.getvalue()


class WebUi:
    """What `StandIn` answers with."""

    def __init__(self) -> None:
        self.model = MODELS[0]

    def __call__(self, request: Request) -> Answer:
        match request.method, request.path:
            case "POST", "/sdapi/v1/txt2img":
                order = request.json
                picture = base64.b64encode(png(order["width"], order["height"])).decode()
                return json_answer({"images": [picture], "parameters": order, "info": "{}"})
            case "GET", "/sdapi/v1/options":
                return json_answer({"sd_model_checkpoint": self.model})
            case "POST", "/sdapi/v1/options":
                self.model = request.json["sd_model_checkpoint"]
                return json_answer(None)
            case "GET", "/sdapi/v1/sd-models":
                return json_answer([{"title": title, "model_name": title[:5]} for title in MODELS])
            case "GET", "/sdapi/v1/samplers":
                return json_answer([{"name": "DDIM", "aliases": []}, {"name": "Euler a", "aliases": []}])
        return json_answer({"detail": "Not Found"}, 404)


class Comfy:
    """What `StandIn` answers with: a picture is done when its history is asked for the second time."""

    def __init__(self, *, new: bool = True) -> None:
        self.new, self.fails, self.asked = new, False, 0

    def __call__(self, request: Request) -> Answer:
        match request.method, request.path:
            case "GET", "/object_info/CheckpointLoaderSimple":
                return json_answer(self._described("CheckpointLoaderSimple", "ckpt_name", MODELS))
            case "GET", "/object_info/KSampler":
                return json_answer(self._described("KSampler", "sampler_name", ["euler", "ddim"]))
            case "POST", "/prompt":
                self.graph = request.json["prompt"]
                return json_answer({"prompt_id": "p1", "number": 1, "node_errors": {}})
            case "GET", "/history/p1":
                return json_answer(self._history())
            case "GET", "/view":
                assert request.query == {"filename": "k_1.png", "type": "output"}
                latent = self.graph["4"]["inputs"]
                return Answer(png(latent["width"], latent["height"]), kind="image/png")
        return Answer(status=404)

    def _described(self, node: str, field: str, names: list[str]) -> dict[str, object]:
        choices = ["COMBO", {"options": names}] if self.new else [names]
        return {node: {"input": {"required": {field: choices}}}}

    def _history(self) -> dict[str, object]:
        self.asked += 1
        if self.asked == 1:
            return {}
        if self.fails:
            return {"p1": {"status": {"status_str": "error", "completed": False}, "outputs": {}}}
        picture = {"filename": "k_1.png", "subfolder": "", "type": "output"}
        return {"p1": {"status": {"status_str": "success"}, "outputs": {"7": {"images": [picture]}}}}


def web_ui() -> StandIn:
    """A server of AUTOMATIC1111's kind."""
    return StandIn(WebUi())
