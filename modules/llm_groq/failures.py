"""What can go wrong at Groq, in words for the person who meets it."""

from __future__ import annotations

import groq
import httpx

from kuchipaku import EngineUnavailable
from modules.llm_groq.settings import GroqSettings

_TABLE = "[plugins.llm_groq]"


def no_key(settings: GroqSettings) -> EngineUnavailable:
    """There is no key, or what stands there cannot be one."""
    variable = settings.key_variable
    return EngineUnavailable(
        f"Groq needs a key, and {variable} holds none",
        hint=f"get one at https://console.groq.com/keys, set {variable} and start the server again",
    )


def cut_off() -> EngineUnavailable:
    """The stream ended too early."""
    return EngineUnavailable("the reply was cut off", hint="what was said stays; send the text again for a new reply")


def explained(error: Exception, settings: GroqSettings) -> EngineUnavailable:
    """Any error of the SDK or of the network below it. Tells nothing that the user wrote."""
    if isinstance(error, groq.APIStatusError):
        return _refusal(error, settings)
    if isinstance(error, groq.APITimeoutError | httpx.TimeoutException):
        return EngineUnavailable(
            f"Groq was silent for {settings.timeout:g} seconds", hint=f"try again, or raise `timeout` in {_TABLE}"
        )
    if isinstance(error, groq.APIConnectionError):
        return EngineUnavailable(
            f"Groq cannot be reached at {settings.base_url}", hint=f"check the network, and `base_url` in {_TABLE}"
        )
    return cut_off()


def _refusal(error: groq.APIStatusError, settings: GroqSettings) -> EngineUnavailable:
    status = error.status_code
    if status in (401, 403):
        return EngineUnavailable(
            f"Groq refuses the key ({status})", hint=f"check {settings.key_variable} at https://console.groq.com/keys"
        )
    if status == 429:
        return EngineUnavailable("Groq's rate limit is reached (429)", hint=_when(error.response))
    if status == 404:
        return EngineUnavailable(
            f"Groq has no model {settings.model!r} (404)",
            hint=f"choose one of https://console.groq.com/docs/models as `model` in {_TABLE}",
        )
    if status >= 500:
        return EngineUnavailable(f"Groq is in trouble ({status})", hint="try again in a moment")
    return EngineUnavailable(
        f"Groq refuses the request ({status}{_code(error.body)})",
        hint=f"check `model`, `reasoning_effort` and `max_tokens` in {_TABLE}",
    )


def _when(response: httpx.Response) -> str:
    seconds = response.headers.get("retry-after", "")
    return f"try again in {seconds} seconds" if seconds.isdecimal() else "try again in a minute"


def _code(body: object) -> str:
    """Groq's name for the fault, like ": model_decommissioned"; empty where it tells none."""
    fault = body.get("error") if isinstance(body, dict) else None
    code = fault.get("code") if isinstance(fault, dict) else None
    return f": {code}" if isinstance(code, str) else ""
