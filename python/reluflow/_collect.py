"""Collects the ends of many solutions into a table."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import numpy as np

from ._check import shorten
from ._solution import Counts, End, Solution
from ._table import Table
from .errors import InputTypeError

__all__ = ["table"]


def table(solutions: Iterable[Solution]) -> Table:
    """A row a solution: sizes, verdict, where it ended (`End`), what it cost (`Counts`), and what any of them recorded, at its end; None is NaN.

    The columns that a run's `trials()` has, too, have its names.

    >>> from reluflow import flow, trial
    >>> found = table(flow([trial(n=8, d=10, p=12, draw=draw) for draw in range(3)]))
    >>> found.rows, found["converged"].mean(), found["mu_avg"].shape
    (3, np.float64(1.0), (3,))
    """
    try:
        rows = list(solutions)
    except TypeError:
        raise InputTypeError("solutions", "a list of solutions", type(solutions).__name__) from None
    for k, row in enumerate(rows):
        if not isinstance(row, Solution):
            raise InputTypeError(f"solution {k}", "a Solution", shorten(repr(row)))
    columns: dict[str, Any] = {
        "n": np.array([row.data.n for row in rows], dtype=np.int64),
        "d": np.array([row.data.d for row in rows], dtype=np.int64),
        "p": np.array([row.network.p for row in rows], dtype=np.int64),
        "verdict": np.array([row.verdict.kind for row in rows], dtype=np.str_),
        "converged": np.array([row.verdict.converged for row in rows], dtype=np.bool_),
    }
    for part, kind in (("end", End), ("counts", Counts)):
        for field in fields(kind):
            values = [getattr(getattr(row, part), field.name) for row in rows]
            name = "trap_time" if field.name == "success_time" else field.name  # as a run's trials have it
            if field.name == "criterion":
                columns[name] = np.array(values, dtype=np.str_)
            elif field.name in ("success_times", "decided_by"):
                continue
            elif field.type == "int":
                columns[name] = np.array(values, dtype=np.int64)
            else:
                columns[name] = np.array([math.nan if value is None else value for value in values], dtype=float)
    tables = [row.table() for row in rows]
    for name in dict.fromkeys(name for recorded in tables for name in recorded.columns):
        if name not in (*columns, "step"):
            columns[name] = np.array([float(t[name][-1]) if name in t else math.nan for t in tables], dtype=float)
    return Table(columns)
