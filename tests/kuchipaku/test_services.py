from __future__ import annotations

from pathlib import Path

import pytest

from kuchipaku.errors import BadRequest, EngineUnavailable
from kuchipaku.services import Services
from kuchipaku.testing import fake_services


@pytest.mark.parametrize(
    ("tables", "told", "known"),
    [
        ({"speech": {"voice": "nobody"}}, "speech.voice names 'nobody'", "hum"),
        ({"speech": {"voice": "hum", "aligners": ["x"]}}, "speech.aligners names 'x'", "even"),
        ({"reply": {"llms": ["gpt"]}}, "reply.llms names 'gpt'", "echo"),
        ({"reply": {"llms": ["echo"], "emotion_reader": "mood"}}, "reply.emotion_reader names 'mood'", "shout"),
    ],
)
def test_a_name_in_the_settings_that_nobody_goes_by_stops_the_start(
    tmp_path: Path, tables: dict[str, object], told: str, known: str
) -> None:
    services = fake_services(tmp_path, settings=tables)
    with pytest.raises(BadRequest) as caught:
        services.check_names()
    assert told in str(caught.value)
    assert known in caught.value.hint


def test_who_answers_is_told_or_why_nobody_does(services: Services) -> None:
    assert services.answering() == ("echo", "repeats what it is told")

    def refuse() -> None:
        raise EngineUnavailable("no key", hint="set one")

    services.llms.register("echo", refuse)  # type: ignore[arg-type]
    assert services.answering() == ("", "no key: set one")


def test_warming_up_loads_what_the_first_text_needs(services: Services) -> None:
    services._warm_up("test")
    assert services.stage.performer("test").ready


def test_a_warm_up_that_fails_is_only_a_warning(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    services._warm_up("nobody")
    assert "no character is called" in caplog.text


def test_an_emotion_reader_that_is_unavailable_reads_neutral(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    from kuchipaku.script import Line

    def refuse() -> None:
        raise EngineUnavailable("no weights")

    services.readers.register("shout", refuse)  # type: ignore[arg-type]
    assert services.composer.felt(Line(0, "Hi!")).emotion == "neutral"
    assert "no weights" in caplog.text
