from __future__ import annotations

import pytest

from kuchipaku.cancel import CancelToken


def test_every_closer_is_called_once_even_if_one_raises(caplog: pytest.LogCaptureFixture) -> None:
    token, called = CancelToken(), list[str]()
    token.on_cancel(lambda: called.append("a"))
    token.on_cancel(lambda: 1 / 0)
    token.on_cancel(lambda: called.append("b"))
    token.cancel()
    token.cancel()
    assert called == ["a", "b"]
    assert "closing on cancel failed" in caplog.text


def test_a_closer_that_comes_late_is_called_at_once() -> None:
    token, called = CancelToken(), list[str]()
    assert not token.wait(0.0)
    token.cancel()
    token.on_cancel(lambda: called.append("late"))
    assert called == ["late"]
    assert token.cancelled
    assert token.wait(0.0)
