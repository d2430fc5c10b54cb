"""Proposition 1: on orthogonal inputs, μ ≤ C√(p/n) once Lemma 7's extinction time has passed."""

from __future__ import annotations

from typing import NamedTuple

from .. import _native
from .._dataset import Dataset
from .._network import Network
from ._problem import natives

__all__ = ["Ceiling", "ceiling"]


class Ceiling(NamedTuple):
    """An upper bound on μ."""

    bound: float
    """C√(p/n)."""
    constant: float
    """C."""


def ceiling(data: Dataset, network: Network) -> Ceiling:
    """The bound for a problem at time 0, in O(ndp); the hypotheses are those of `lemma_7.extinction`."""
    return Ceiling(*_native.theory.curvature_ceiling(*natives(data, network)))
