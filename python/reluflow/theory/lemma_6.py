"""Lemma 6: bounds on the curvature μ."""

from __future__ import annotations

from typing import NamedTuple

from .. import _native
from .._dataset import Dataset
from .._network import Network
from ._problem import natives

__all__ = ["Chain", "chain"]


class Chain(NamedTuple):
    """Five quantities, each at most the next under Assumption 1 where no ⟨w_j, x_i⟩ is 0.

    On a kink, where neurons slide, M as it is computed here (σ'(0) = 0) counts pushes that cancel along the flow, and the second may
    exceed the third; the columns of the exact flow have the multipliers of the slide instead.
    """

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
    """The chain at one θ, in O(n²(d + p) + n³).

    >>> from reluflow import trial
    >>> found = chain(*trial(n=8, d=20, p=12))
    >>> list(found) == sorted(found)
    True
    """
    return Chain(*_native.theory.lemma_6(*natives(data, network)))
