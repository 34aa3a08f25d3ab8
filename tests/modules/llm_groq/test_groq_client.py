"""The Groq client, over the real SDK, against a local server that speaks the protocol."""

from __future__ import annotations

import logging
import socket
import threading
import time
from typing import Any

import pytest

from kuchipaku import CancelToken, EngineUnavailable, Message
from modules.llm_groq.client import Groq
from modules.llm_groq.settings import GroqSettings
from tests.modules.llm_groq.fake_groq import Answer, FakeGroq

KEY = "gsk_test_key"
ASKED = [Message("system", "You are Mio."), Message("assistant", "Hi."), Message("user", "A secret text")]


def model(server: FakeGroq, **settings: Any) -> Groq:
    return Groq(GroqSettings(base_url=server.url, **settings), KEY)


def failure(server: FakeGroq, answer: Answer, **settings: Any) -> tuple[list[str], EngineUnavailable]:
    """What was said before the failure, and the failure."""
    server.answers.append(answer)
    said: list[str] = []
    reply = model(server, **{"max_retries": 0} | settings).reply(ASKED, CancelToken())
    with pytest.raises(EngineUnavailable) as failed:
        said.extend(reply)
    return said, failed.value


def test_a_reply_is_what_the_model_wrote(server: FakeGroq) -> None:
    assert "".join(model(server).reply(ASKED, CancelToken())) == "*joy* Hello there! *curiosity* How are you?"


def test_the_request_carries_messages_settings_and_key(server: FakeGroq) -> None:
    list(model(server, model="m", temperature=0.5, max_tokens=99, reasoning_effort="").reply(ASKED, CancelToken()))
    (request,) = server.requests
    assert request == {
        "model": "m", "temperature": 0.5, "max_completion_tokens": 99, "stream": True,
        "messages": [{"role": m.role, "content": m.content} for m in ASKED],
    }  # fmt: skip
    assert server.keys == [f"Bearer {KEY}"]


def test_an_address_in_the_style_of_openai_works_too(server: FakeGroq) -> None:
    settings = GroqSettings(base_url=f"{server.url}/openai/v1/")
    assert list(Groq(settings, KEY).reply(ASKED, CancelToken()))


def test_pieces_come_as_they_are_written(server: FakeGroq) -> None:
    server.answers.append(Answer(pieces=("a", "b"), silence_after=5.0))
    pieces = model(server).reply(ASKED, CancelToken())
    began = time.monotonic()
    assert [next(pieces), next(pieces)] == ["a", "b"]
    assert time.monotonic() - began < 2.0
    pieces.close()  # type: ignore[attr-defined]
    assert server.hung_up.wait(1.0)


@pytest.mark.parametrize(
    ("answer", "message", "hint"),
    [
        (Answer(status=401), "refuses the key", "GROQ_API_KEY"),
        (Answer(status=403), "refuses the key", "GROQ_API_KEY"),
        (Answer(status=429, headers={"retry-after": "7"}), "rate limit", "in 7 seconds"),
        (Answer(status=429, headers={"retry-after": "soon"}), "rate limit", "in a minute"),
        (Answer(status=404), "no model 'openai/gpt-oss-120b'", "docs/models"),
        (Answer(status=400, code="model_decommissioned"), "400: model_decommissioned", "`model`"),
        (Answer(status=413), "refuses the request", "max_tokens"),
        (Answer(status=500), "trouble (500)", "again"),
        (Answer(status=503), "trouble (503)", "again"),
    ],
)
def test_each_refusal_says_what_to_do(server: FakeGroq, answer: Answer, message: str, hint: str) -> None:
    said, error = failure(server, answer)
    assert said == []
    assert message in str(error)
    assert hint in error.hint


GARBAGE = ["{no JSON", "5", '{"choices": 7}', '{"choices": [5]}', '{"choices": [{"delta": {"content": 5}}]}']


@pytest.mark.parametrize("ending", ["cut", "unfinished", "error", *(f"garbage{line}" for line in GARBAGE)])
def test_what_was_said_before_a_cut_stays_said(server: FakeGroq, ending: str) -> None:
    said, error = failure(server, Answer(pieces=("a", "b"), ending=ending))
    assert said == ["a", "b"]
    assert "cut off" in str(error)
    assert error.hint


@pytest.mark.parametrize(
    "answer", [Answer(silence_before=3.0), Answer(silence_after=3.0, pieces=("a",))], ids=["at first", "midway"]
)
def test_a_silent_server_is_given_up(server: FakeGroq, answer: Answer) -> None:
    began = time.monotonic()
    _, error = failure(server, answer, timeout=0.3)
    assert time.monotonic() - began < 2.0
    assert "silent for 0.3 seconds" in str(error)
    assert "`timeout`" in error.hint


def test_no_server_at_all_is_an_error_with_a_hint() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(EngineUnavailable, match="cannot be reached") as failed:
            list(Groq(GroqSettings(base_url=url, max_retries=0), KEY).reply(ASKED, CancelToken()))
    assert "`base_url`" in failed.value.hint


def test_a_fault_at_the_start_is_tried_again(server: FakeGroq) -> None:
    server.answers.append(Answer(status=500))
    assert list(model(server, max_retries=1).reply(ASKED, CancelToken()))
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [401, 429])
def test_a_refusal_is_not_tried_again(server: FakeGroq, status: int) -> None:
    failure(server, Answer(status=status), max_retries=3)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer", [Answer(silence_before=10.0), Answer(silence_after=10.0, pieces=("a",))], ids=["at first", "midway"]
)
def test_cancelling_ends_a_silent_reply_at_once(server: FakeGroq, answer: Answer) -> None:
    server.answers.append(answer)
    cancel = CancelToken()
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(model(server).reply(ASKED, cancel)))
    reader.start()
    wait_until(lambda: bool(server.requests))
    time.sleep(0.05)
    began = time.monotonic()
    cancel.cancel()
    reader.join(5.0)
    assert time.monotonic() - began < 0.5
    assert said == list(answer.pieces) * (answer.silence_before == 0)
    assert server.hung_up.wait(0.5)


def test_cancelling_between_attempts_ends_the_wait(server: FakeGroq) -> None:
    server.default = Answer(status=500)
    cancel = CancelToken()
    threading.Timer(0.3, cancel.cancel).start()
    began = time.monotonic()
    assert list(model(server, max_retries=5).reply(ASKED, cancel)) == []
    assert time.monotonic() - began < 1.5


def test_a_reply_cancelled_before_it_began_says_nothing(server: FakeGroq) -> None:
    cancel = CancelToken()
    cancel.cancel()
    assert list(model(server).reply(ASKED, cancel)) == []


def test_a_reply_cancelled_midway_says_nothing_more(server: FakeGroq) -> None:
    cancel = CancelToken()
    pieces = model(server).reply(ASKED, cancel)
    next(pieces)
    cancel.cancel()
    assert list(pieces) == []


@pytest.mark.parametrize("key", ["", "  ", "schlüssel", "two\nlines"])
def test_without_a_key_it_says_where_to_get_one(key: str) -> None:
    with pytest.raises(EngineUnavailable, match="GROQ_API_KEY") as refused:
        Groq(GroqSettings(), key)
    assert "console.groq.com/keys" in refused.value.hint


def test_neither_text_nor_key_is_logged(server: FakeGroq, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        list(model(server).reply(ASKED, CancelToken()))
    assert KEY not in caplog.text
    assert "secret" not in caplog.text


def wait_until(true: Any, seconds: float = 3.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)
