"""Models of the transformers library: where one lies on this machine, and what to do where it does not.

Nothing is fetched here, and the library itself is loaded by whoever builds something of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from kuchipaku.errors import EngineUnavailable
from kuchipaku.registry import Registry
from kuchipaku.weights.values import Published, WeightFile

log = logging.getLogger(__name__)

T = TypeVar("T")
INSTALL = "python -m pip install -r requirements-neural.txt"
LONGEST_REASON = 160
"""Characters of what a library says of its failure that a person is shown; the log has the rest."""


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A pretrained model that the settings name."""

    what: str
    """What it is for, as errors call it: "the summarizer"."""
    model: str
    """A folder, or a name at Hugging Face, "owner/name"."""
    models: Path
    """`folders.models` of the settings."""
    published: Published
    """The usual model, whose folder is its name."""

    def load(self, build: Callable[[str], T]) -> T:
        """What `build` makes of the folder of the model.

        Raises EngineUnavailable, with the command that mends it, where the model or a library is missing or broken.
        """
        folder = self.folder()
        try:
            return build(str(folder))
        except ImportError as error:
            raise EngineUnavailable(f"{self.what} needs {error.name or error}", hint=INSTALL) from error
        except Exception as error:  # what a damaged file raises is left to each library
            log.warning("%s: %s cannot be loaded", self.what, folder, exc_info=error)
            reason = str(error).partition("\n")[0][:LONGEST_REASON]
            raise EngineUnavailable(f"{self.what} cannot load {self.model!r}: {reason}", hint=self._cure()) from error

    def folder(self) -> Path:
        """Where the model lies: in the folder of models, where its name says, or in the cache of Hugging Face.

        Raises EngineUnavailable with the command that fetches it.
        """
        for folder in self._places():
            if (folder / "config.json").is_file():
                return folder
        raise EngineUnavailable(f"{self.what} has no weights: {self.model} is not here", hint=self._cure())

    def _places(self) -> Iterator[Path]:
        yield self.models / self.model
        yield Path(self.model)
        yield from _cached(self.model)

    def _cure(self) -> str:
        if self.model == self.published.folder:
            return f"python -m kuchipaku models fetch {self.published.name}"
        return f"hf download {self.model} --local-dir {self.models / self.model}, or correct the name in the settings"


class ModelOrEmbedded(Generic[T]):
    """An engine "model", whose weights may not be here, and an embedded one, which always is."""

    def __init__(self, kind: str, wanted: str, model: Callable[[], T], embedded: tuple[str, Callable[[], T]]) -> None:
        """`wanted` is "model", the name of the embedded one, or "auto": the model if it can be had."""
        self._wanted, self._embedded, self._told = wanted, embedded[0], ""
        self._engines: Registry[T] = Registry(kind)
        self._engines.register("model", model)
        self._engines.register(*embedded)

    def get(self) -> T:
        """The engine, built when it is first asked for. Raises EngineUnavailable for a "model" that cannot be had."""
        if self._wanted != "auto":
            return self._engines.get(self._wanted)
        try:
            return self._engines.get("model")
        except EngineUnavailable as error:
            self._tell(f"{error}: {self._embedded!r} stands in ({error.hint})")
            return self._engines.get(self._embedded)

    def _tell(self, reason: str) -> None:
        """Log a reason, but not at every request."""
        if reason != self._told:
            self._told = reason
            log.info("%s", reason)


def hub_files(repository: str, commit: str, sizes: Mapping[str, int]) -> tuple[WeightFile, ...]:
    """Files of a repository "owner/name" at Hugging Face: path -> bytes, roughly."""
    address = f"https://huggingface.co/{repository}/resolve/{commit}"
    return tuple(WeightFile(path, f"{address}/{path}", size=size) for path, size in sizes.items())


def _cached(model: str) -> Iterator[Path]:
    try:
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(model, "config.json")
    except (ImportError, ValueError):  # a name that Hugging Face could not have is a ValueError
        return
    if isinstance(found, str):
        yield Path(found).parent
