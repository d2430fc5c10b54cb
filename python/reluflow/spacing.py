"""Says when a run writes a row: `spacing=` of `reluflow.flow` and its sisters.

Shorter: "end", "log" (eight rows a decade), a whole number (every so many steps), or an array of times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ._check import array, choice, listed, suggest, whole

__all__ = ["Spacing", "by_tau", "end", "every", "per_decade", "times"]

if not TYPE_CHECKING:
    __getattr__ = suggest(__name__, __all__)
    __dir__ = listed(__all__)

_LOG = 8
"""Rows a decade of "log"."""


@dataclass(frozen=True)
class Spacing:
    """When to write a row; see the functions of this module."""

    _when: Any
    _clock: str = "time"

    def __repr__(self) -> str:
        said = f"Spacing(_when={self._when!r})"
        return said if self._clock == "time" else f"by_tau({said})"


SpacingLike: TypeAlias = Spacing | str | int | npt.ArrayLike


def end() -> Spacing:
    """At the end only.

    >>> end()
    Spacing(_when='end')
    """
    return Spacing("end")


def per_decade(rows: int = _LOG) -> Spacing:
    """At time 0, this many times a decade from time 10⁻² on, and at the end.

    >>> per_decade(4)
    Spacing(_when={'per-decade': 4})
    """
    return Spacing({"per-decade": whole("rows", rows, 1, 2**32 - 1)})


def every(steps: int) -> Spacing:
    """At time 0, every so many steps, and at the end.

    >>> every(10)
    Spacing(_when={'every': 10})
    """
    return Spacing({"every": whole("steps", steps, 1)})


def times(at: Iterable[float]) -> Spacing:
    """At these times, as far as they are reached, and at the end.

    >>> times([1, 2.5])
    Spacing(_when={'times': [1.0, 2.5]})
    """
    return Spacing({"times": array("times", list(at), "(k,)").tolist()})


def by_tau(spacing_of_rows: SpacingLike) -> Spacing:
    """The same by τ = ∫ L dt in the place of the time: of a classification, whose weights grow exponentially in τ.

    >>> by_tau([1.0, 2.0, 4.0])
    by_tau(Spacing(_when={'times': [1.0, 2.0, 4.0]}))
    """
    return Spacing(spacing(spacing_of_rows)._when, "tau")


def spacing(value: SpacingLike) -> Spacing:
    """A spacing from any of its short forms."""
    if isinstance(value, Spacing):
        return value
    if isinstance(value, str):
        return end() if choice("spacing", value, ("log", "end")) == "end" else per_decade()
    try:
        dimensions = np.ndim(value)
    except ValueError:  # ragged lists
        dimensions = 1
    if dimensions == 0:
        return every(value)  # type: ignore[arg-type]
    return Spacing({"times": array("spacing", value, "(k,)").tolist()})
