"""Holds what a run returns: how it ended, what it cost, what was written down, the network."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ._dataset import Dataset
from ._html import table as html_table
from . import _native
from ._check import keywords, real
from ._network import Network
from ._film import Film
from ._path import Path, Plateau
from ._plots import Direction, Plots, film
from ._table import Table

__all__ = ["Checks", "Counts", "End", "LinearEnd", "Solution", "Verdict"]


@dataclass(frozen=True)
class Verdict:
    """How a run ended, with the evidence. Prints as one sentence.

    `kind` is "interpolating", "separating" (of a classification), "lost-examples", "stationary", "out-of-budget",
    "undecided", "diverged", "not-finite" or "interrupted"; what is no evidence for it is None.
    """

    kind: str
    """Its kind, one of the words above."""
    sentence: str
    """What `str` gives."""
    loss: float | None = None
    """L at the end."""
    time: float | None = None
    """When the criterion of success was met, the run diverged or was interrupted, or the loss ceased to be a number."""
    criterion: str | None = None
    """The criterion that was met: "trap", "loss", "relative-loss", "signs" or "rounding"."""
    standard: str | None = None
    """Of an undecided run: the verdict at the default accuracy."""
    careful: str | None = None
    """Of an undecided run: the verdict at the careful accuracy."""
    strict: str | None = None
    """Of an undecided run: the verdict at the strict accuracy; None where it was not asked, since neurons slide along kinks."""
    examples: tuple[int, ...] | None = None
    """The lost examples, counted from 0."""
    gradient_norm: float | None = None
    """‖∇L‖ at a stationary end."""
    relative_decrease: float | None = None
    """The relative fall of L over the second half of a run that came to rest."""
    largest_move: float | None = None
    """The largest movement of a neuron since then, relative to its norm."""
    budget: str | None = None
    """What ran out: time, steps, evaluations, loss, events, …, or "observer" for `stop.when`."""

    @property
    def converged(self) -> bool:
        """Whether the run met its criterion of success: it interpolates, or separates."""
        return self.kind in ("interpolating", "separating")

    @property
    def trap_time(self) -> float | None:
        """When the criterion of success was met; None for other verdicts."""
        return self.time if self.converged else None

    @classmethod
    def _of(cls, parts: dict[str, Any], sentence: str) -> Verdict:
        if "examples" in parts:
            parts["examples"] = tuple(parts["examples"])
        return cls(sentence=sentence, **parts)

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        given = ((field.name, getattr(self, field.name)) for field in fields(self) if field.name != "sentence")
        return f"Verdict({', '.join(f'{name}={value!r}' for name, value in given if value is not None)})"


@dataclass(frozen=True)
class End:
    """Where a run ended; a quantity that the method does not give is None. What the record asks for: `Solution.last`."""

    time: float
    """The time t at the end."""
    initial_loss: float
    """L at time 0."""
    loss: float
    """L at the end."""
    criterion: str
    """What counts as success of this run: "trap", "loss", "relative-loss", "signs", "rounding", "separating" or "impossible"."""
    success_time: float | None
    """When that was met."""
    success_times: tuple[float, float] | None
    """With `accuracy="checked"`: the same by the default and by the careful steps, together an error bar."""
    decided_by: str | None
    """With `accuracy="checked"`, whose verdict it is: "agreement" of the default and the careful run, "strict-run" or "exact-flow"."""
    mu_end: float
    """μ at the end; of gradient descent, the mean over its last 100 steps."""
    mu_avg: float
    """⟨μ⟩ = log(L(0)/L)/t (Lemma 2)."""
    balance_drift: float
    """max_j |Δ(a_j² − ‖w_j‖²)| since time 0 (Lemma 1)."""
    lost: int
    """Number of examples without a correctly active neuron."""
    energy_defect: float | None
    """The part of the fall of the loss that dissipation does not explain; not of gradient descent."""

    @property
    def slides(self) -> bool:
        """Whether neurons slide along kinks for so much of the way that the end may be the method's: an energy defect above 4."""
        return self.energy_defect is not None and self.energy_defect > 4.0

    @property
    def trap_time(self) -> float | None:
        """`success_time`, by its name in runs' tables."""
        return self.success_time


@dataclass(frozen=True)
class Counts:
    """What a run cost."""

    steps: int
    """Accepted steps."""
    rejected: int
    """Rejected steps."""
    evaluations: int
    """Evaluations of the field, products with M included."""
    observations: int
    """Of these, evaluations spent on recording only."""
    events: int
    """Events of the exact flow."""
    branches: int
    """Of these, branch points: the flow is not unique there."""


@dataclass(frozen=True)
class Checks:
    """What the exact flow checked at every step, at its worst."""

    loss_rise: float
    """Largest rise of L in a step, relative to L or max|y| √(2L), whichever is larger."""
    dissipation_defect: float
    """Largest |dL/dt + ‖dθ/dt‖²/p| / |dL/dt| where |dL/dt| > 10⁻³ L."""
    sliding_offset: float
    """Largest |⟨w_j, x_i⟩| / (‖w_j‖ ‖x_i‖) of a sliding pair."""
    most_kinks: int
    """Most kinks that one neuron slid on at once."""


@dataclass(frozen=True)
class LinearEnd:
    """To what a flow tends whose hidden layer is frozen, under the square loss: a linear problem. Prints as one sentence."""

    loss: float
    """lim L."""
    rank: int
    """The rank of the features σ(⟨w_j, x_i⟩)."""
    slowest_rate: float
    """The smallest rate κ of a mode: what is left of the way falls like e^(−κt)."""
    interpolates: bool
    """Whether L tends to 0."""
    sentence: str
    """What `str` gives."""

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, eq=False)
class Solution:
    """A computed flow."""

    verdict: Verdict
    """How it ended."""
    end: End
    """Where it ended, in numbers."""
    counts: Counts
    """What it cost."""
    network: Network
    """The network at the end."""
    data: Dataset
    """The data it ran on."""
    events: Table
    """The events of the exact flow: time, neuron, example, kind, active. No rows for other methods."""
    checks: Checks
    """What the exact flow checked; zeros for other methods."""
    complete: bool
    """Whether it ended by itself, not by Ctrl-C."""
    path: Path
    """The networks of the rows, with "network" in the record; empty otherwise."""
    linear: LinearEnd | None
    """To what the flow tends, where the hidden layer is frozen under the square loss; None of other models."""
    _table: Table
    _loss_factor: float = 1.0
    """Its losses over ours: 1 but for an experiment with units of its own."""
    _slope: float = 0.0
    """The slope of its activation at u ≤ 0."""
    _sum_factor: float | None = None
    """The factor of the sum over neurons; None is 1/p."""

    @classmethod
    def _of(
        cls,
        parts: dict[str, Any],
        data: Dataset,
        loss_factor: float = 1.0,
        slope: float = 0.0,
        sum_factor: float | None = None,
    ) -> Solution:
        events = {name: np.asarray(values) for name, values in parts["events"].items()}
        events["kind"] = events["kind"].astype(np.str_)
        return cls(
            verdict=Verdict._of(parts["verdict"], parts["sentence"]),
            end=End(**parts["end"]),
            counts=Counts(**parts["counts"]),
            network=Network._wrap(parts["network"]),
            data=data,
            events=Table(events),
            checks=Checks(**parts["checks"]),
            complete=parts["complete"],
            path=Path(parts["path"]),
            linear=None if parts["linear"] is None else LinearEnd(**parts["linear"]),
            _table=Table(parts["columns"]),
            _loss_factor=loss_factor,
            _slope=slope,
            _sum_factor=sum_factor,
        )

    @property
    def trap_level(self) -> float:
        """The loss below which every h(x_i) has the sign of y_i for ever, in the units of this solution."""
        return self._loss_factor * self.data.trap_level

    def last(self, column: str) -> float | int:
        """The value of a recorded column at the end; `table()[column]` has them all.

        Raises:
            KeyError: for a column that the record did not ask for, with those there are.
        """
        value: float | int = self.table()[column][-1].item()
        return value

    def plateaus(self, change: float = 0.05, length: float = 0.25) -> list[Plateau]:
        """The plateaus of the loss: runs of rows on which L changes by at most the share `change`, over at least `length` in log t.

        A plateau can be no finer than the rows: ask for some forty a decade, `spacing=rf.spacing.per_decade(40)`. With "network" in the
        record, each says which neurons grew on the way to it: those whose |a| ‖w‖ is at least 3 times that on the plateau before
        (at the start, for the first), and at least a hundredth of the largest.
        """
        table = self.table()
        networks = [network._native for network in self.path]
        found = _native.plateaus(
            table["time"].tolist(), table["loss"].tolist(), networks, real("change", change), real("length", length)
        )
        return [Plateau(start, end, loss, tuple(grown)) for start, end, loss, grown in found]

    def table(self) -> Table:
        """What was written down: time, step, evaluations, loss and what `record` asked for, a row a time.

        An Arrow table to polars, pandas, pyarrow; columns are NumPy arrays by name.
        """
        return self._table

    @property
    def plot(self) -> Plots:
        """Pictures: `plot()` is a Matplotlib figure of the table against time, or against τ with `clock="tau"`; `plot.neurons()`, `plot.angles()`,
        `plot.singular_values()`, `plot.function()` and `plot.regions()` show the path, which `record="network"` keeps.
        """
        return Plots(self)

    @keywords
    def film(self, frames: int = 300, along: tuple[Direction, Direction] | None = None) -> Film:
        """A film of the path over log time, which notebooks show: one HTML page, with nothing from the network.

        Neurons move in the plane of |a_j| w_j (beyond two dimensions: projected); for inputs on a line the function is
        shown with its kinks. Events of the exact flow are marked. The path needs `record="network"` and, to move smoothly,
        many rows: `spacing=rf.spacing.per_decade(100)`.

        Parameters
        ----------
        frames
            most frames; fewer where the page would pass 2 MB. They begin where a neuron first moves by a hundredth of itself.
        along
            two directions to project on, each "e0", "x0", "gamma" or a vector; as in `plot.neurons`.

        Raises
        ------
        InputError: without a path, or for directions that are none.
        """
        return film(self, frames, along)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Solution):
            return NotImplemented
        # Compared as text, NaN equals NaN.
        return all(
            repr(getattr(self, name)) == repr(getattr(other, name))
            for name in ("verdict", "end", "counts", "checks", "complete")
        ) and all(getattr(self, name) == getattr(other, name) for name in ("network", "data", "events", "_table"))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        sizes = f"n={self.data.n}, d={self.data.d}, p={self.network.p}"
        return f"<Solution {sizes}: {self.verdict}; {self._table.rows} rows>"

    def _repr_html_(self) -> str:
        end, counts = self.end, self.counts
        rows = [
            ("verdict", str(self.verdict)),
            ("problem", f"n = {self.data.n}, d = {self.data.d}, p = {self.network.p}"),
            ("time", f"{end.time:.6g}"),
            ("loss", f"{end.initial_loss:.4g} → {end.loss:.4g}"),
            ("curvature ⟨μ⟩", f"{end.mu_avg:.4g}"),
            ("cost", f"{counts.steps} steps, {counts.evaluations} evaluations"),
            ("table", f"{self._table.rows} rows: {', '.join(self._table)}"),
        ]
        return html_table("Solution", rows)
