"""Draws a solution: Matplotlib figures of its table, pictures and a film of its path of networks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from . import _native
from ._check import array, choice, keywords, whole
from ._film import Film
from ._picture import Picture
from .errors import InputError, InputTypeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._solution import Solution

__all__ = ["Plots", "losses"]

Direction: TypeAlias = str | npt.ArrayLike
"""An axis "e0", "e1", …, an input "x0", "x1", …, "gamma" = (1/n) Σ_i y_i x_i, or a vector of d numbers."""


class Plots:
    """The pictures of a solution: `solution.plot()` draws its table, `solution.plot.neurons()` and the others its path.

    A path is there where `record` has "network":

    >>> import reluflow as rf
    >>> data, net = rf.trial(n=6, d=2, p=8, seed=1)
    >>> solution = rf.flow(data, net, record="network", stop=rf.stop.time(5.0))
    >>> solution.plot.angles()
    Picture(name='angles')
    >>> solution.plot.neurons(along=("gamma", "x0")).svg[:4]
    '<svg'
    """

    __slots__ = ("_solution",)

    def __init__(self, solution: Solution) -> None:
        self._solution = solution

    @keywords
    def __call__(self, columns: str | Iterable[str] | None = None, clock: str = "time") -> Figure:
        """The loss, and whatever else was recorded, against time: a Matplotlib figure, which it needs.

        `columns`: which to draw; by default all but the counts of steps and evaluations. `clock`: "time", or "tau" of a
        record that has it.
        """
        from ._plot import figure

        return figure(self._solution, columns, choice("clock", clock, ("time", "tau")))

    def neurons(self, along: tuple[Direction, Direction] | None = None) -> Picture:
        """The paths of the neurons, each at |a_j| w_j, blue for a_j > 0, orange for a_j < 0; in two dimensions with the kinks of the
        examples.

        `along`: two directions to project on; beyond two dimensions, by default, the two in which the neurons end.
        """
        return self._picture("neurons", along)

    def angles(self) -> Picture:
        """Angle and size |a_j| ‖w_j‖ of every neuron over log time; beyond two dimensions the angle is that to γ = (1/n) Σ y_i x_i."""
        return self._picture("angles")

    def singular_values(self) -> Picture:
        """The singular values of W over log time, the first ten."""
        return self._picture("singular-values")

    def function(self) -> Picture:
        """h(x) with the data and the kinks of the neurons, for inputs that are numbers with a constant coordinate."""
        return self._picture("function")

    def regions(self) -> Picture:
        """Where h > 0 and where h < 0 at the end, for inputs in two dimensions, with or without a constant third."""
        return self._picture("regions")

    def _picture(self, kind: str, along: tuple[Direction, Direction] | None = None) -> Picture:
        solution = self._solution
        drawn = _native.path_picture(kind, solution.data._native, rows(solution), facts(solution), directions(along))
        return Picture(kind, *drawn)

    def __repr__(self) -> str:
        return "<Plots: call it for the table; neurons, angles, singular_values, function, regions>"


def film(solution: Solution, frames: int, along: tuple[Direction, Direction] | None) -> Film:
    """The film of a solution's path."""
    most = whole("frames", frames, 3, 2000)
    return Film(_native.path_film(solution.data._native, rows(solution), facts(solution), directions(along), most))


def losses(solutions: Iterable[Solution]) -> Picture:
    """The losses of many runs over time, with their median and the band between their tenths, on logarithmic axes.

    A run that ended in success counts as below all others from there on; where the median is such a run, its line ends.

    >>> import reluflow as rf
    >>> pairs = [rf.trial(n=10, d=20, p=12, seed=seed) for seed in range(5)]
    >>> losses(rf.flow(pairs, record="loss"))
    Picture(name='losses')
    """
    runs = []
    for solution in solutions:
        table = solution.table()
        if table.rows < 2:
            raise InputError("the solutions", 'at least 2 rows each: record=["loss"] writes them', str(table.rows))
        runs.append((table["time"].tolist(), table["loss"].tolist(), solution.verdict.converged))
    if not runs:
        raise InputError("the solutions", "at least one", "none")
    return Picture("losses", *_native.losses(runs))


def rows(solution: Solution) -> list[tuple[float, float, _native.Network]]:
    """Time, loss and network of the rows of a path, which must have two."""
    path = solution.path
    if len(path) < 2:
        expected = 'networks at two times or more: record="network" keeps them'
        raise InputError("solution.path", expected, str(len(path)) if len(path) else "none")
    times = zip(path.times.tolist(), path.loss.tolist(), path, strict=True)
    return [(time, loss, network._native) for time, loss, network in times]


def facts(solution: Solution) -> tuple[str, str, float, float, list[tuple[float, int, int, str]]]:
    """What else the extension draws: name, verdict, slope of the activation, factor of the sum over neurons, events."""
    data, p = solution.data, solution.network.p
    name = f"d = {data.d}, n = {data.n}, p = {p}"
    table = solution.events
    columns = (table[column].tolist() for column in ("time", "neuron", "example", "kind"))
    factor = 1.0 / p if solution._sum_factor is None else solution._sum_factor
    return name, str(solution.verdict), solution._slope, factor, list(zip(*columns, strict=True))


def directions(along: Any) -> tuple[Any, Any] | None:
    """Two directions as the extension takes them."""
    if along is None:
        return None
    expected = "two directions, each a word such as \"gamma\" or a vector of d numbers"
    try:
        first, second = along
    except (TypeError, ValueError):
        raise InputTypeError("along", expected, type(along).__name__) from None

    def read(given: Any) -> Any:
        if isinstance(given, str):
            return given
        return np.asarray(array("along", given, "(d,)"), dtype=float).tolist()

    return read(first), read(second)
