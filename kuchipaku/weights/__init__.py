"""Published weights: what a plugin can use, where it is fetched from, what of it is there.

A plugin names them in its hook `published_weights`; `python -m kuchipaku models` lists, fetches and checks them. The
server itself never fetches anything. A file gets its name only when it is whole and its checksum right, and is loaded
safely, by the plugin that uses it: tensors only, nothing of it is run.
"""

from __future__ import annotations

from kuchipaku.weights.state import Found, Summary, look, summary
from kuchipaku.weights.values import Published, WeightFile

__all__ = ["Found", "Published", "Summary", "WeightFile", "look", "summary"]
