"""Draws a solution with Matplotlib."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from . import _native
from ._check import meant, shorten
from .errors import InputError, InputTypeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._solution import Solution

_RECORDABLE = _native.recordable()

_LABELS = {name: label for _, name, label, _ in _RECORDABLE}

_PANELS: tuple[tuple[str, ...], ...] = (
    ("loss", "objective"),
    ("mu", "mu_avg", "mu_low", "mu_upp"),
    ("lambda_min", "lambda_max", "diagonal_min", "predicted_min"),
    ("balance_drift",),
    ("active", "correct"),
    ("lost", "uncovered", "newly_lost"),
    ("slowest", "predicted_slowest"),
    ("margin", "margin_hidden", "smoothed_margin"),
    ("alignment",),
    ("tau",),
)
"""Quantities of one kind share a panel."""

_PANELS += tuple(
    {
        stem: tuple(name for name in _LABELS if name.rstrip("0123456789") == stem)
        for stem in (name.rstrip("0123456789") for name in _LABELS if not any(name in panel for panel in _PANELS))
    }.values()
)
"""The others have one of their own, or share it where only the number at their end differs: the singular values, the directions."""

_LOGARITHMIC = ("loss", "mu", "mu_avg", "mu_low", "mu_upp", "lambda_min", "lambda_max", "diagonal_min")
"""Panels that begin with one of these have a logarithmic axis where anything on them is positive."""

_COUNTS = tuple(name for _, name, _, whole in _RECORDABLE if whole)
"""Panels that begin with one of these have whole numbers."""


def _png(shown: Figure) -> bytes:
    """The figure as a notebook shows it."""
    file = io.BytesIO()
    shown.savefig(file, format="png", dpi=100)
    return file.getvalue()


def figure(solution: Solution, columns: str | Iterable[str] | None, clock: str) -> Figure:
    """The columns against time or τ, a panel a kind of quantity."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError("plot", "Matplotlib to be installed (pip install matplotlib)", "no Matplotlib") from None
    table = solution.table()
    known = [name for name in table if name in _LABELS]
    if columns is None:
        columns = known
    elif not isinstance(columns, Iterable):
        raise InputTypeError("columns", f"names among {', '.join(known)}", shorten(repr(columns)))
    wanted = [columns] if isinstance(columns, str) else list(columns)
    for name in wanted:
        if name not in known:
            hint = meant(name, known) if isinstance(name, str) else ""
            raise InputError("columns", f"some of {', '.join(known)}", shorten(repr(name)) + hint)
    if table.rows < 2:
        raise InputError("the table to plot", 'at least 2 rows: record=["loss"] writes them', str(table.rows))
    panels = [[name for name in panel if name in wanted] for panel in _PANELS]
    panels = [panel for panel in panels if panel]
    shown = Figure(figsize=(6.4, 2.4 * len(panels) + 0.8), layout="constrained")
    grid = shown.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    if clock not in table:
        raise InputError("clock", 'record=["tau"], which writes it', "a record without tau")
    time = np.asarray(table[clock])
    logarithmic = time[0] == 0 and len(time) > 2 and time[-1] > 100 * time[1]
    for axes, panel in zip(grid, panels, strict=True):
        for name in panel:
            values = np.asarray(table[name], dtype=float)
            # A bound that is nowhere positive says nothing; on a logarithmic axis it would not be seen.
            silent = panel[0] in _LOGARITHMIC and not (values > 0).any()
            label = f"{_LABELS[name]} (nowhere positive)" if silent else _LABELS[name]
            axes.plot(time, values, label=label, marker=".", markersize=3)
        if "loss" in panel:
            axes.axhline(solution.trap_level, color="grey", linestyle=":", label="trap")
        if panel[0] in _LOGARITHMIC and any((np.asarray(table[name]) > 0).any() for name in panel):
            axes.set_yscale("log", nonpositive="mask")
        if panel[0] in _COUNTS:
            axes.yaxis.get_major_locator().set_params(integer=True)
        if logarithmic:
            axes.set_xscale("symlog", linthresh=time[1])
        axes.legend(loc="best", frameon=False)
    grid[-1].set_xlabel("time t" if clock == "time" else "τ = ∫ L dt")
    grid[0].set_title(str(solution.verdict), fontsize="small", wrap=True)
    # Notebooks only name a figure that pyplot did not make, unless it says how it looks. A partial can be pickled.
    setattr(shown, "_repr_png_", partial(_png, shown))
    return shown
