"""The embedded responder, for when there is no key: rules, not a language model."""

from __future__ import annotations

from collections.abc import Callable

from kuchipaku import LanguageModel, hookimpl


@hookimpl
def register_llms(register: Callable[[str, Callable[[], LanguageModel]], None]) -> None:
    """Offer "eliza", which is always available."""

    def build() -> LanguageModel:
        from modules.llm_eliza.responder import Eliza

        return Eliza()

    register("eliza", build)
