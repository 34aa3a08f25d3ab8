"""Compiling Python to machine code at first use, and keeping the result on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """`function` compiled by Numba at its first call; it runs without the interpreter's lock.

    Machine code is kept beside the source (or in the user's cache folder), so that only the first start on a machine
    waits for the compiler. Arithmetic is strict: no reordering, NaN and infinities as IEEE 754 has them.
    """
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(function)
    dispatcher._cache = _Cache(function)
    return dispatcher  # type: ignore[no-any-return]


class _Cache(FunctionCache):  # type: ignore[misc]
    """Numba's cache, which looks at the file of a function only: this one also at what the function is built from."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._built_from = sources_digest(Path(function.__code__.co_filename).parent)

    def _index_key(self, signature: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(signature, codegen), self._built_from)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Kept machine code for a signature, or None; what an older version kept and cannot be read is dropped."""
        try:
            return super().load_overload(sig, target_context)
        except (AttributeError, ImportError):
            self.flush()
            return None


@cache
def sources_digest(folder: Path) -> str:
    """A digest of the Python files of `folder` and of these kernels."""
    digest = hashlib.sha256()
    for path in sorted({*folder.glob("*.py"), *Path(__file__).parent.glob("*.py")}):
        digest.update(path.read_bytes())
    return digest.hexdigest()
