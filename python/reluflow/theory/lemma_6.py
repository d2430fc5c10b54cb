"""Lemma 6: bounds on the curvature μ."""

from __future__ import annotations

from typing import NamedTuple

from .. import _native
from .._dataset import Dataset
from .._network import Network
from ._problem import natives

__all__ = ["Chain", "chain"]


class Chain(NamedTuple):
    """Five quantities, each at most the next under Assumption 1."""

    mass_low: float
    """(2/n)((C_x^−)² − δ) min_i e_i; negative says nothing."""
    kernel_low: float
    """(2/n) λ_min(M)."""
    curvature: float
    """μ."""
    kernel_high: float
    """(2/n) λ_max(M)."""
    mass_high: float
    """(4/n)((C_x^+)² + δ) max_i e_i."""


def chain(data: Dataset, network: Network) -> Chain:
    """The chain at one θ, in O(n²(d + p) + n³)."""
    return Chain(*_native.theory.lemma_6(*natives(data, network)))
