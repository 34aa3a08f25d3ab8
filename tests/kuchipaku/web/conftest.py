from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kuchipaku.services import Services
from kuchipaku.web import create_app


@pytest.fixture
def client(services: Services) -> Iterator[FlaskClient]:
    """A client of a server on fakes."""
    with create_app(services).test_client() as made:
        yield made


def events_of(response: TestResponse) -> list[tuple[str, dict[str, Any]]]:
    """(kind, body) of every server-sent event of a response that ends."""
    import json

    blocks = response.get_data(as_text=True).split("\n\n")
    found = []
    for block in blocks:
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


@pytest.fixture(name="events_of")
def _events_of() -> Any:
    return events_of
