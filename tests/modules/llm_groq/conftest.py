"""A fake Groq for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.modules.llm_groq.fake_groq import FakeGroq


@pytest.fixture
def server() -> Iterator[FakeGroq]:
    """A running server that speaks Groq's protocol on this machine."""
    with FakeGroq() as running:
        yield running
