"""What all routes of SillyTavern-Extras have in common: they are there only while their module is switched on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from kuchipaku.errors import KuchipakuError, SwitchedOff, UnknownName
from kuchipaku.services import Services

View = TypeVar("View", bound=Callable[..., Any])


def only_with(services: Services, module: str, *, hidden: bool = False) -> Callable[[View], View]:
    """Serve a view only while `module` is on, and read nothing of the request before that is known.

    While it is off the answer is 403, or 404 for the modules whose routes SillyTavern-Extras has only then: `hidden`.
    """

    def gate(view: View) -> View:
        @wraps(view)
        def gated(*arguments: Any, **named: Any) -> Any:
            check_on(services, module, hidden=hidden)
            return view(*arguments, **named)

        return gated  # type: ignore[return-value]

    return gate


def check_on(services: Services, module: str, *, hidden: bool = False) -> None:
    """Raises SwitchedOff, or UnknownName where it is to be `hidden`, while the module is off."""
    if module not in services.extras_modules():
        raise switched_off(module, UnknownName if hidden else SwitchedOff)


def switched_off(module: str, kind: type[KuchipakuError] = SwitchedOff) -> KuchipakuError:
    """What a module that is off answers, in the words of SillyTavern-Extras."""
    return kind(f"Module '{module}' not enabled in config", hint=f"start the server with --enable-modules={module}")
