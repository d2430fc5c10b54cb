"""Holds a drawn picture: shows itself in notebooks, and is written as SVG, PNG or PDF."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from .errors import InputError

__all__ = ["Picture"]


@dataclass(frozen=True)
class Picture:
    """A picture, the same on every machine."""

    name: str
    """What it shows, in a word."""
    svg: str = field(repr=False)
    """The drawing, as SVG."""
    png: bytes = field(repr=False)
    """The same as PNG, 288 dots an inch."""
    pdf: bytes = field(repr=False)
    """The same as PDF."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the picture to a file whose name ends in .svg, .png or .pdf."""
        file = FilePath(path)
        kinds = {".svg": self.svg.encode(), ".png": self.png, ".pdf": self.pdf}
        if file.suffix not in kinds:
            raise InputError("path", "a name that ends in .svg, .png or .pdf", repr(file.name))
        file.write_bytes(kinds[file.suffix])

    def _repr_svg_(self) -> str:
        return self.svg
