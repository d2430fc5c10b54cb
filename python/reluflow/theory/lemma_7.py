"""Lemma 7: on orthogonal inputs, wrongly active pairs die while the residuals have barely moved."""

from __future__ import annotations

from dataclasses import dataclass

from .. import _native
from .._check import Floats
from .._dataset import Dataset
from .._network import Network
from ._hypothesis import Hypothesis, read
from ._problem import natives

__all__ = ["Extinction", "extinction"]


@dataclass(frozen=True, eq=False)
class Extinction:
    """What the lemma promises for one problem, with explicit constants of ours."""

    hypotheses: tuple[Hypothesis, ...]
    time: float
    """By this time no wrong pair is left; infinite when a hypothesis fails."""
    wrong: int
    """Number of wrong pairs at time 0."""
    movement: Floats
    """How far each residual can have moved by then, n."""

    @property
    def holds(self) -> bool:
        """Whether all hypotheses hold."""
        return all(hypothesis.holds for hypothesis in self.hypotheses)


def extinction(data: Dataset, network: Network) -> Extinction:
    """The bound for a problem at time 0, in O(ndp)."""
    parts = _native.theory.extinction(*natives(data, network))
    return Extinction(**{**parts, "hypotheses": read(parts["hypotheses"])})
