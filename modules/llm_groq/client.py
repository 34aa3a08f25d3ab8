"""Streams a reply from Groq: the SDK speaks the protocol, this file waits, retries and hangs up."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

import groq
import httpx
from groq.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from kuchipaku import CancelToken, Message
from modules.llm_groq.failures import cut_off, explained, no_key
from modules.llm_groq.hangup import Hangup
from modules.llm_groq.settings import GroqSettings

logging.getLogger("groq").setLevel(logging.INFO)  # its debug log holds what users write

CONNECT_SECONDS = 5.0
"""Longest wait for a connection; a cancelled reply that is still connecting ends only then."""
RETRY_SECONDS = 0.2
"""Pause before the first new attempt; each further one waits twice as long."""


class Groq:
    """A language model at Groq. Safe to use from several threads: every reply has its own connection."""

    description = "a language model at Groq, over the network"

    def __init__(self, settings: GroqSettings, key: str) -> None:
        """Raises EngineUnavailable if `key` cannot be one. The key is checked by Groq at the first reply."""
        key = key.strip()
        if not (key and key.isascii() and key.isprintable()):
            raise no_key(settings)
        self._settings, self._key = settings, key
        self._tls = httpx.create_ssl_context()

    def reply(self, messages: Sequence[Message], cancel: CancelToken) -> Iterator[str]:
        """The reply as it arrives; ends silently when cancelled. Raises EngineUnavailable with a hint."""
        hangup = Hangup()
        cancel.on_cancel(hangup.now)
        try:
            yield from self._pieces(messages, cancel, hangup)
        except (groq.GroqError, httpx.HTTPError, httpx.StreamError, OSError, ValueError) as error:
            if not cancel.cancelled:
                raise explained(error, self._settings) from error

    def _pieces(self, messages: Sequence[Message], cancel: CancelToken, hangup: Hangup) -> Iterator[str]:
        settings = self._settings
        with (
            groq.DefaultHttpxClient(verify=self._tls, event_hooks={"request": [hangup.watch]}) as http,
            groq.Groq(
                api_key=self._key,
                base_url=settings.base_url.rstrip("/").removesuffix("/openai/v1"),
                timeout=httpx.Timeout(settings.timeout, connect=min(CONNECT_SECONDS, settings.timeout)),
                max_retries=0,  # the SDK sleeps between attempts, and could not be cancelled
                http_client=http,
            ) as client,
            self._opened(client, messages, cancel) as stream,
        ):
            yield from _content(stream, cancel)

    def _opened(
        self, client: groq.Groq, messages: Sequence[Message], cancel: CancelToken
    ) -> groq.Stream[ChatCompletionChunk]:
        pause = RETRY_SECONDS
        for _ in range(self._settings.max_retries):
            try:
                return self._create(client, messages)
            except groq.APITimeoutError:
                raise
            except (groq.APIConnectionError, groq.InternalServerError):
                if cancel.wait(pause):
                    raise
                pause *= 2
        return self._create(client, messages)

    def _create(self, client: groq.Groq, messages: Sequence[Message]) -> groq.Stream[ChatCompletionChunk]:
        return client.chat.completions.create(
            messages=[_as_param(message) for message in messages],
            model=self._settings.model,
            temperature=self._settings.temperature,
            max_completion_tokens=self._settings.max_tokens,
            reasoning_effort=self._settings.reasoning_effort or groq.omit,
            stream=True,
        )


def _content(stream: groq.Stream[ChatCompletionChunk], cancel: CancelToken) -> Iterator[str]:
    """The spoken pieces. A stream that ends without saying that it is finished was cut off."""
    for chunk in stream:
        content, finished = _read(chunk)
        if cancel.cancelled:
            return
        if content:
            yield content
        if finished:
            return
    if not cancel.cancelled:
        raise cut_off()


def _read(chunk: ChatCompletionChunk) -> tuple[str, bool]:
    """What a chunk adds, and whether it is the last. Raises ValueError if it is malformed: the SDK checks nothing."""
    try:
        for choice in chunk.choices:
            return "" + (choice.delta.content or ""), bool(choice.finish_reason)
    except (AttributeError, TypeError) as error:
        raise ValueError("malformed chunk") from error
    return "", False


def _as_param(message: Message) -> ChatCompletionMessageParam:
    if message.role == "system":
        return {"role": "system", "content": message.content}
    if message.role == "assistant":
        return {"role": "assistant", "content": message.content}
    return {"role": "user", "content": message.content}
