"""Every error a user can meet: what is wrong, and the next step."""

from __future__ import annotations


class KuchipakuError(Exception):
    """What went wrong in one sentence, with `hint`: what to do about it. `status` is its HTTP status."""

    status = 500

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class BadRequest(KuchipakuError):
    """The request cannot be understood; the hint says what is allowed."""

    status = 400


class SwitchedOff(KuchipakuError):
    """It is installed but switched off in the settings; the hint says how to switch it on."""

    status = 403


class UnknownName(KuchipakuError):
    """Nothing goes by that name; the hint lists the names that exist."""

    status = 404


class Busy(KuchipakuError):
    """It exists already, or is in use."""

    status = 409


class TooLarge(KuchipakuError):
    """More than a limit allows; the hint names the limit."""

    status = 413


class EngineUnavailable(KuchipakuError):
    """An engine or outside service is missing, down, slow, or refuses our key."""

    status = 503


class PluginError(KuchipakuError):
    """A plugin broke its promise."""
