"""The talking head's conformance cases: what SillyTavern-Extras answers, and what a replacement may answer instead."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ROOT = Path(__file__).resolve().parents[4]
CASES = ROOT.parent / "shared" / "contract" / "contract_cases.json"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not CASES.is_file(), reason=f"{CASES} is absent"),
    pytest.mark.usefixtures("unfitted"),
]

CONTRACT = json.loads(CASES.read_text(encoding="utf-8")) if CASES.is_file() else {"cases": [], "fixtures": {}}
TOLD = [case for case in CONTRACT["cases"] if case["id"].startswith("th-") and case["profile"] == "full"]
ANSWERED = [case for case in TOLD if "stream" not in case["expect"] and not case["path"].endswith("classify")]


def send(client: FlaskClient, request: dict[str, Any]) -> TestResponse:
    given: dict[str, Any] = {"method": request["method"], "headers": request.get("headers") or {}}
    if "files" in request:
        given["data"] = {name: (picture(file["fixture"]), file["filename"]) for name, file in request["files"].items()}
    elif "raw" in request:
        given["data"] = request["raw"]
    elif "json" in request:
        given["json"] = request["json"]
    return client.open(request["path"], **given)


def picture(name: str) -> io.BytesIO:
    return io.BytesIO(base64.b64decode(CONTRACT["fixtures"][name]["b64"]))


@pytest.mark.parametrize("case", ANSWERED, ids=lambda case: case["id"])
def test_a_case_is_answered_as_the_contract_says(client: FlaskClient, case: dict[str, Any]) -> None:
    for step in case.get("setup", ()):
        send(client, step)
    response, expected = send(client, case), case["expect"]
    assert response.status_code in {expected["status"], *expected.get("also_acceptable", ())}
    if response.status_code == 200:
        assert response.content_type == expected["content_type"]
        assert response.text == expected["body_text"]
    else:
        assert expected.get("body_contains", "") in response.get_json()["error"]
