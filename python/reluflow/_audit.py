"""Holds every statement of the paper against the flow of one problem."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import _native
from ._dataset import Dataset
from ._html import grid
from ._network import Network
from ._table import Table
from .errors import InputError, InputTypeError

__all__ = ["Audit", "Statement", "audit"]


@dataclass(frozen=True)
class Statement:
    """One line of an audit: `measured` ≤ or ≥ `bound`."""

    statement: str
    """The statement, as the paper calls it."""
    checked: str
    """What is checked here."""
    judgement: str
    """"holds", "fails", "cannot-be-judged", "hypotheses-not-met" or "not-applicable"."""
    hypotheses: bool | None
    """Whether the hypotheses hold; None when there is nothing to check."""
    relation: str
    """"at-most" or "at-least"."""
    bound: float | None
    """The bound."""
    measured: float | None
    """The measurement, on the flow."""
    margin: float | None
    """How far the measurement is on the right side of the bound; negative on the wrong one."""
    note: str
    """The first hypothesis that fails, why the line cannot be judged, or a remark."""
    judged: tuple[int, int]
    """In how many draws the line was found to hold or to fail, and of how many."""

    @property
    def sentence(self) -> str:
        """What was found, in a line."""
        sign = "≤" if self.relation == "at-most" else "≥"
        found = "" if self.bound is None else f": {_number(self.measured)} {sign} {_number(self.bound)}"
        return f"{self.statement}, {self.checked}{found}: {self.judgement.replace('-', ' ')}"

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Audit:
    """The statements about one problem, in the order of the paper's argument; a sequence of `Statement`."""

    method: str
    """With which flow it was measured."""
    audited: str
    """Which problems were audited: all draws, or fewer and why."""
    summary: str
    """What was found, in a sentence."""
    statements: tuple[Statement, ...]
    """What was checked, a line each."""

    @property
    def fails(self) -> bool:
        """Whether some statement fails although its hypotheses hold."""
        return any(line.judgement == "fails" for line in self.statements)

    def table(self) -> Table:
        """A row a statement; a number that does not exist is NaN, hypotheses are "hold", "not met" or "–"."""
        lines = self.statements
        words = {True: "hold", False: "not met", None: "–"}
        columns: dict[str, Any] = {
            "statement": [line.statement for line in lines],
            "checked": [line.checked for line in lines],
            "judgement": [line.judgement for line in lines],
            "hypotheses": [words[line.hypotheses] for line in lines],
            "relation": [line.relation for line in lines],
        }
        for name in ("bound", "measured", "margin"):
            values = [getattr(line, name) for line in lines]
            columns[name] = [math.nan if value is None else value for value in values]
        columns["note"] = [line.note for line in lines]
        return Table({name: np.asarray(values) for name, values in columns.items()})

    def __len__(self) -> int:
        return len(self.statements)

    def __iter__(self) -> Iterator[Statement]:
        return iter(self.statements)

    def __getitem__(self, index: int) -> Statement:
        return self.statements[index]

    def _cells(self) -> Iterator[list[str]]:
        for line in self.statements:
            sign = "≤" if line.relation == "at-most" else "≥"
            bound = "–" if line.bound is None else f"{sign} {_number(line.bound)}"
            word = line.judgement.replace("-", " ")
            yield [line.statement, line.checked, word, _number(line.measured), bound, _number(line.margin)]

    def __repr__(self) -> str:
        lines = [_HEADER, *self._cells()]
        widths = [max(len(line[k]) for line in lines) for k in range(len(_HEADER))]
        padded = (
            [cell.ljust(width) if k < 3 else cell.rjust(width) for k, (cell, width) in enumerate(zip(line, widths))]
            for line in lines
        )
        return "\n".join([self.method, *("  ".join(line).rstrip() for line in padded), self.summary])

    def _repr_html_(self) -> str:
        return grid(_HEADER, self._cells(), self.method)


_HEADER = ["statement", "checked", "judgement", "measured", "bound", "margin"]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def audit(data: Dataset, network: Network) -> Audit:
    """Every statement of the paper about a dataset and a network at time 0, held against their flow.

    The flow runs until L is 10⁻⁶ of the trap, or for 50 transition times or its budget of evaluations; where inputs are not
    orthogonal and n·p is at most 8000, exactly through its kinks. A line that nothing measured can decide is
    "cannot-be-judged", with the reason in its note. Statements about laws, such as the probability of event E, are left to
    `Experiment.audit`, which draws.

    Ctrl-C ends the call at once; the flow, which cannot be stopped, continues in the background to the end of its budget.

    Raises
    ------
    InputError: when data and network do not fit together.

    Examples
    --------
    >>> import reluflow
    >>> data, net = reluflow.trial(n=6, d=6, p=8, data="orthogonal", init={"law": "asymmetric", "hidden_scale": 0.1})
    >>> found = audit(data, net)
    >>> found.fails, len(found) > 10
    (False, True)
    >>> "statements hold" in found.summary
    True
    """
    if not isinstance(data, Dataset):
        raise InputTypeError("data", "a Dataset", type(data).__name__)
    if not isinstance(network, Network):
        raise InputTypeError("network", "a Network", type(network).__name__)
    if data.d != network.d:
        raise InputError("network.w", f"{data.d} columns, as data.x has", f"{network.d}")
    return read(_native.audit(data._native, network._native))


def read(found: dict[str, Any]) -> Audit:
    """An audit from the extension."""
    lines = (Statement(**{**row, "judged": tuple(row["judged"])}) for row in found["rows"])
    return Audit(found["method"], found["audited"], found["summary"], tuple(lines))
