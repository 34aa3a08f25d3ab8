from __future__ import annotations

from pathlib import Path

import pytest

from kuchipaku.errors import BadRequest
from kuchipaku.settings import load_settings


def test_the_file_is_beaten_by_the_environment_and_that_by_the_flags(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[server]\nhost = "file"\nport = 1\nlog_level = "error"\n')
    environ = {"KUCHIPAKU_SERVER__PORT": "2", "KUCHIPAKU_SERVER__HOST": "env", "OTHER": "x"}
    server = load_settings(file, environ, {"server": {"port": 3}}).server
    assert (server.host, server.port, server.log_level) == ("env", 3, "error")


def test_a_list_in_the_environment_is_written_in_brackets() -> None:
    settings = load_settings(None, {"KUCHIPAKU_REPLY__LLMS": '["eliza"]'}, {})
    assert settings.reply.llms == ("eliza",)
    with pytest.raises(BadRequest, match="KUCHIPAKU_REPLY__LLMS"):
        load_settings(None, {"KUCHIPAKU_REPLY__LLMS": "[eliza"}, {})


@pytest.mark.parametrize(
    ("toml", "named", "allowed"),
    [
        ("[server]\nprot = 1", "server.prot", "port"),
        ("[sevrer]\nport = 1", "sevrer", "server"),
        ("[server]\nport = 70000", "server.port is 70000", "65535"),
        ('[server]\nlog_level = "loud"', "server.log_level is 'loud'", "warning"),
        ("[server]\nport = true\n[", "cannot be read", "TOML"),
        ("[stream]\nfps = 0", "stream.fps is 0", "greater"),
    ],
)
def test_a_wrong_key_or_value_is_named_with_what_is_allowed(
    tmp_path: Path, toml: str, named: str, allowed: str
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(toml)
    with pytest.raises(BadRequest) as caught:
        load_settings(file, {}, {})
    assert named in str(caught.value)
    assert allowed in caught.value.hint


def test_a_settings_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"nowhere\.toml"):
        load_settings(tmp_path / "nowhere.toml", {}, {})
