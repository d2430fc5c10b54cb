"""Searches for thresholds with as few draws as they take."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from . import _native
from ._check import choice, choice_of_axis, processors, real, shorten, whole
from ._progress import Progress, counter
from ._run import Direction, Figure, Run
from ._table import Table
from .errors import InputError, InputTypeError, RunInterrupted, RunWarning

__all__ = ["Direction", "Thresholds"]

_SHORT = {
    "out-of-trials": "the draws allowed did not suffice; more of max_trials resumes from these",
    "above": "the threshold lies above the range; within=(low, high) looks further",
    "below": "the threshold lies below the range; within=(low, high) looks further",
    "step": "every draw succeeds at one whole number and none at the next: the axis cannot tell more",
}
"""What is to be known of an end that is not "reached"."""


class Thresholds(Table):
    """What a search for thresholds found: a table, a row a threshold, with its draws and their picture.

    `threshold` is where the fitted probability passes the target, `ci_low` and `ci_high` its 95 % interval (±∞ where
    the draws set no bound), `slope` that of the logit, `trials` the draws used, `grid_trials` those that the file's grid
    would need, `end` "reached", or why the interval is wider than asked: "out-of-trials", "above", "below", "step".
    """

    __slots__ = ("draws", "figure")

    draws: Table
    """The draws: place on the axis, draws there, how many of them reached the trap."""
    figure: Figure
    """Draws, fitted curves and thresholds."""

    def __init__(self, columns: Mapping[str, Any], draws: Table, figure: Figure) -> None:
        super().__init__(columns)
        self.draws = draws
        self.figure = figure

    def __reduce__(self) -> tuple[Any, ...]:
        return (Thresholds, (self._columns, self.draws, self.figure))


def search(
    experiment: _native.Experiment,
    out: Path,
    keys: Sequence[str],
    axis: str,
    target: float,
    precision: float,
    within: tuple[float, float] | None,
    direction: Direction | None,
    max_trials: int,
    batch: int,
    threads: int | None,
    progress: Progress,
) -> Thresholds:
    """Checks the question, searches, and says what fell short."""
    axis = choice_of_axis(axis, ("n", "d", "p", *keys))
    if direction is None and axis in keys:
        raise InputError("direction", f'"rises" or "falls", which is not known of {axis}', "None")
    rises = None if direction is None else choice("direction", direction, ("rises", "falls")) == "rises"
    with counter(progress, "draw") as report:
        found, computed, raised = _native.threshold(
            experiment,
            out,
            axis,
            _share("target", target, 0.001, 0.999),
            _share("precision", precision, 1e-4, 0.5),
            _range(within, axis in ("n", "d", "p")),
            rises,
            whole("max_trials", max_trials, 24),
            whole("batch", batch, 1, 10_000),
            processors() if threads is None else whole("threads", threads, 1, 4096),
            report,
        )
    if isinstance(raised, KeyboardInterrupt):
        words = f"interrupted: the {computed} trials computed now are kept in {out}; the same call resumes"
        raise RunInterrupted(words, Run._of(out)) from raised
    if raised is not None:
        raise raised
    assert found is not None
    columns, draws, svg, notes = found
    caption = f"Draws placed along {axis}, with the place where the probability is {target}"
    result = Thresholds(_arrays(columns), Table(_arrays(draws)), Figure("threshold", caption, svg))
    place = [name for name in result if name not in _FOUND]
    for row, end in enumerate(result["end"].tolist()):
        if end in _SHORT:
            column = ", ".join(f"{name} = {_word(result[name][row])}" for name in place)
            warnings.warn(f"{column}: {_SHORT[end]}", RunWarning, stacklevel=4)
    for note in notes:
        warnings.warn(note.removeprefix("note: "), RunWarning, stacklevel=4)
    return result


_FOUND = ("threshold", "ci_low", "ci_high", "slope", "trials", "grid_trials", "end")
"""Columns that are not those of the sweep."""


def _word(value: Any) -> str:
    return str(value) if isinstance(value, str) else f"{value:g}"


def _arrays(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.asarray(values) for name, values in columns.items()}


def _share(name: str, value: float, low: float, high: float) -> float:
    number = real(name, value)
    if not low <= number <= high:
        raise InputError(name, f"a share from {low:g} to {high:g}", repr(value))
    return number


def _range(within: tuple[float, float] | None, sizes: bool) -> tuple[float, float] | None:
    """Where to look."""
    if within is None:
        return None
    try:
        low, high = within
    except (TypeError, ValueError):
        raise InputTypeError("within", "(low, high)", shorten(repr(within))) from None
    low, high = real("within", low), real("within", high)
    if sizes and not (low >= 1 and low.is_integer() and high.is_integer()):
        raise InputError("within", "whole numbers from 1", shorten(repr(within)))
    if not -np.inf < low < high < np.inf:
        raise InputError("within", "(low, high) with low < high", shorten(repr(within)))
    return low, high
