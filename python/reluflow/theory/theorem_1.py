"""Theorem 1: under Assumptions 1 and 2 and event E the loss tends to 0 at an explicit rate."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from .. import _native
from .._check import Floats
from .._dataset import Dataset
from .._network import Network
from ._hypothesis import Hypothesis, read
from ._problem import as_times, natives

__all__ = ["Guarantee"]


class Guarantee:
    """What the theorem promises for one problem at time 0, with explicit constants of ours.

    Where a hypothesis fails (`holds`), the bounds mean nothing. Methods of time take numbers or arrays.
    """

    __slots__ = ("_native", "_problem")

    def __init__(self, data: Dataset, network: Network) -> None:
        self._problem = (data, network)
        self._native = _native.theory.Guarantee(*natives(data, network))

    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]:
        """Assumption 1, both inequalities of Assumption 2, and event E."""
        return read(self._native.hypotheses())

    @property
    def holds(self) -> bool:
        """Whether all hypotheses hold."""
        return all(hypothesis.holds for hypothesis in self.hypotheses)

    @property
    def asymptotic_rate(self) -> float:
        """A lower bound on lim inf μ, and so on the limit of ⟨μ⟩."""
        return self._native.asymptotic_rate()

    @property
    def constant(self) -> float:
        """n times the asymptotic rate."""
        return self._native.constant()

    @property
    def entry_time(self) -> float:
        """An upper bound on the time at which ‖r‖₂ reaches C_y^−/2."""
        return self._native.entry_time()

    def rate(self, time: npt.ArrayLike) -> Floats:
        """A lower bound on μ(s) for all s ≤ t."""
        times, shape = as_times(time)
        return self._native.rate(times).reshape(shape)

    def average_rate(self, time: npt.ArrayLike) -> Floats:
        """A lower bound on ⟨μ⟩(t), t > 0."""
        times, shape = as_times(time)
        return self._native.average_rate(times).reshape(shape)

    def log_loss(self, time: npt.ArrayLike) -> Floats:
        """An upper bound on log L(t)."""
        times, shape = as_times(time)
        return self._native.log_loss(times).reshape(shape)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Guarantee, self._problem)

    def __repr__(self) -> str:
        failing = [hypothesis.name for hypothesis in self.hypotheses if not hypothesis.holds]
        state = f"fails: {'; '.join(failing)}" if failing else f"lim inf μ ≥ {self.asymptotic_rate:.4g}"
        return f"<Guarantee: {state}>"
