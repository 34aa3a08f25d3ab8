"""What the Groq plugin offers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

import modules.llm_groq as plugin
from kuchipaku import EngineUnavailable, LanguageModel, Settings
from modules.llm_groq.settings import GroqSettings


def offered(**own: Any) -> dict[str, Callable[[], LanguageModel]]:
    factories: dict[str, Callable[[], LanguageModel]] = {}
    settings = Settings(plugins={"llm_groq": GroqSettings(**own)})
    plugin.register_llms(factories.__setitem__, settings)
    return factories


def test_it_offers_groq_with_the_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "gsk_x")
    assert set(offered()) == {"groq"}
    assert offered(key_variable="MY_KEY")["groq"]()


def test_without_a_key_it_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    with pytest.raises(EngineUnavailable, match="GROQ_API_KEY"):
        offered()["groq"]()


@pytest.mark.parametrize(
    "wrong", [{"key": "gsk_x"}, {"key_variable": "gsk_abc"}, {"temperature": 3}, {"timeout": 0}, {"base_url": "groq"}]
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        plugin.settings_model()(**wrong)


def test_loading_the_plugin_loads_no_sdk() -> None:
    code = "import modules.llm_groq, sys; sys.exit('groq' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
