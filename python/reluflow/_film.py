"""Holds a film: one HTML page that plays a run, shown inline by notebooks."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from html import escape
from pathlib import Path as FilePath

__all__ = ["Film"]

_HEIGHT = 900
"""Height of the frame in which a notebook shows a film, in pixels."""


@dataclass(frozen=True)
class Film:
    """A film of a run, a page with everything in it: nothing comes from the network."""

    html: str = field(repr=False)
    """The page."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page to a file."""
        FilePath(path).write_text(self.html, encoding="utf-8")

    def _repr_html_(self) -> str:
        style = f"width:100%;height:{_HEIGHT}px;border:0"
        return f'<iframe srcdoc="{escape(self.html)}" style="{style}" title="Film of a run"></iframe>'

    def __repr__(self) -> str:
        return f"<Film: {len(self.html) / 1e6:.2f} MB of HTML>"
