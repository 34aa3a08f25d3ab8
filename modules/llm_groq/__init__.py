"""Replies from a language model at Groq, streamed; needs a key."""

from __future__ import annotations

from collections.abc import Callable

from kuchipaku import LanguageModel, Settings, hookimpl
from modules.llm_groq.settings import GroqSettings


@hookimpl
def settings_model() -> type[GroqSettings]:
    """The table [plugins.llm_groq]."""
    return GroqSettings


@hookimpl
def register_llms(register: Callable[[str, Callable[[], LanguageModel]], None], settings: Settings) -> None:
    """Offer "groq"; building it raises EngineUnavailable where there is no key."""

    def build() -> LanguageModel:
        import os

        from modules.llm_groq.client import Groq

        own: GroqSettings = settings.plugin("llm_groq")
        return Groq(own, os.environ.get(own.key_variable, ""))

    register("groq", build)
