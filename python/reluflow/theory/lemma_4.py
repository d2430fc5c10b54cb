"""Lemma 4: the curvature at initialisation of a wide network."""

from __future__ import annotations

from .. import _native
from .._check import real
from .._dataset import Dataset
from ..errors import InputTypeError

__all__ = ["kappa_0", "kappa_1", "limit"]


def kappa_0(theta: float) -> float:
    """κ_0(θ) = (π − θ)/(2π), the probability that w is active on two inputs at angle θ."""
    return _native.theory.kappa_0(real("theta", theta))


def kappa_1(theta: float) -> float:
    """κ_1(θ) = (sin θ + (π − θ) cos θ)/(2π) = E[σ(⟨w, u⟩)σ(⟨w, u'⟩)] for w ~ N(0, I), unit u, u' at angle θ."""
    return _native.theory.kappa_1(real("theta", theta))


def limit(data: Dataset, output: float, hidden: float) -> float:
    """The limit (2/n) yᵀM_∞y/‖y‖² of μ(0) as p → ∞, in O(n²d).

    output: E[a²]. hidden: s² = E‖w‖²/d. For w rotation-invariant, a symmetric and independent of its direction.
    """
    if not isinstance(data, Dataset):
        raise InputTypeError("data", "a Dataset", type(data).__name__)
    return _native.theory.lemma_4_limit(data._native, real("output", output), real("hidden", hidden))
