"""The character doctor: any picture becomes one that lives."""

from __future__ import annotations

from kuchipaku.fitting.body import picture_layers, puppet_table
from kuchipaku.fitting.checks import Check
from kuchipaku.fitting.place import Framing
from kuchipaku.fitting.preview import preview
from kuchipaku.fitting.report import Fitted, fit
from kuchipaku.fitting.tables import with_table

__all__ = ["Check", "Fitted", "Framing", "fit", "picture_layers", "preview", "puppet_table", "with_table"]
