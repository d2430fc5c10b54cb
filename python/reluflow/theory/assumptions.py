"""Checks Assumptions 1 and 2 on a problem."""

from __future__ import annotations

from dataclasses import dataclass

from .. import _native
from .._dataset import Dataset
from .._network import Network
from ._hypothesis import Hypothesis, read
from ._problem import natives

__all__ = ["Interaction", "assumption_1", "assumption_2"]


def assumption_1(network: Network) -> Hypothesis:
    """|a_j| ≥ ‖w_j‖ for every neuron; then no a_j changes sign."""
    return Hypothesis("assumption 1: |a_j| ≥ ‖w_j‖", network.asymmetry_margin, False)


@dataclass(frozen=True)
class Interaction:
    """Assumption 2: the inputs interact weakly."""

    hypotheses: tuple[Hypothesis, ...]
    """δ‖r(0)‖ < C_y^−(C_x^−)², and δ ≤ (C_x^−)²/2; margins relative to the right sides."""
    interaction: float
    """δ = ‖XᵀX − D_X‖_op."""
    residual_norm: float
    """‖r(0)‖₂."""
    ratio: float
    """δ‖r(0)‖/(C_y^−(C_x^−)²), below 1 when the first inequality holds."""

    @property
    def holds(self) -> bool:
        """Whether both inequalities hold."""
        return all(hypothesis.holds for hypothesis in self.hypotheses)


def assumption_2(data: Dataset, network: Network, masked: bool = False) -> Interaction:
    """Assumption 2 for a problem; `masked` leaves out antipodal pairs, as appendix C.2 allows."""
    parts = _native.theory.assumption_2(*natives(data, network), bool(masked))
    return Interaction(**{**parts, "hypotheses": read(parts["hypotheses"])})
