"""Settings: a TOML file, then environment variables, then flags; checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the settings file: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one server."""

    plugins: Mapping[str, BaseModel] = field(default_factory=dict)

    def plugin(self, name: str) -> Any:
        """The settings of one plugin: an instance of the model it returned from `settings_model`."""
        return self.plugins[name]
