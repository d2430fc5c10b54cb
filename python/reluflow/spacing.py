"""Says when a run writes a row: `spacing=` of `reluflow.flow` and its sisters.

Shorter: "end", "log" (eight rows a decade), a whole number (every so many steps), or an array of times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ._check import array, choice, whole

__all__ = ["Spacing", "end", "every", "per_decade", "times"]

_LOG = 8
"""Rows a decade of "log"."""


@dataclass(frozen=True)
class Spacing:
    """When to write a row; see the functions of this module."""

    _when: Any


SpacingLike: TypeAlias = Spacing | str | int | npt.ArrayLike


def end() -> Spacing:
    """At the end only."""
    return Spacing("end")


def per_decade(rows: int = _LOG) -> Spacing:
    """At time 0, this many times a decade from time 10⁻² on, and at the end."""
    return Spacing({"per-decade": whole("rows", rows, 1, 2**32 - 1)})


def every(steps: int) -> Spacing:
    """At time 0, every so many steps, and at the end."""
    return Spacing({"every": whole("steps", steps, 1)})


def times(at: Iterable[float]) -> Spacing:
    """At these times, as far as they are reached, and at the end."""
    return Spacing({"times": array("times", list(at), "(k,)").tolist()})


def spacing(value: SpacingLike) -> Spacing:
    """A spacing from any of its short forms."""
    if isinstance(value, Spacing):
        return value
    if isinstance(value, str):
        return end() if choice("spacing", value, ("log", "end")) == "end" else per_decade()
    if np.ndim(value) == 0:
        return every(value)  # type: ignore[arg-type]
    return times(value)  # type: ignore[arg-type]
