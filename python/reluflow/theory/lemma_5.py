"""Lemma 5: how many neurons cover every example at initialisation.

Event E: every example has a correctly active neuron, ⟨w_j, x_i⟩ > 0 and a_j y_i > 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .. import _native
from .._check import real, whole
from .._dataset import Dataset
from .._network import Network
from ..errors import InputError
from ._problem import natives

__all__ = [
    "coverage",
    "necessary_width",
    "probability",
    "probability_at_least",
    "probability_at_most",
    "width",
]


def width(n: int, eps: float) -> int:
    """⌊log(n/ε)/log(4/3)⌋ + 1, enough for P(E) ≥ 1 − ε by the union bound P(not E) ≤ n (3/4)^p.

    >>> width(n=1650, eps=0.05)
    37
    """
    return _native.theory.width(whole("n", n, 1), _share(eps))


def coverage(data: Dataset, network: Network) -> npt.NDArray[np.int64]:
    """The number of correctly active neurons of every example, n; event E holds when none is 0. O(ndp)."""
    return _native.theory.coverage(*natives(data, network))


def probability(positive: float, negative: float, p: int) -> float:
    """The exact P(E) for signs independent over the examples, with so many labels of either sign; O(p).

    Σ_k C(p,k) 2^{−p} (1 − 2^{−k})^{n₊} (1 − 2^{−(p−k)})^{n₋}

    >>> round(probability(50, 50, 20), 5)
    0.77771
    """
    return _native.theory.probability(_count("positive", positive), _count("negative", negative), whole("p", p, 1))


def probability_at_least(n: float, p: float) -> float:
    """The union bound P(E) ≥ 1 − n (3/4)^p, for any inputs; 0 when it says nothing."""
    return _native.theory.probability_at_least(_count("n", n), _count("p", p))


def probability_at_most(positive: float, negative: float, p: float) -> float:
    """An upper bound on P(E), ours, for signs independent over the examples."""
    return _native.theory.probability_at_most(
        _count("positive", positive), _count("negative", negative), _count("p", p)
    )


def necessary_width(positive: float, negative: float, eps: float) -> float:
    """2 log₂(2√(n₊n₋)/log(1/(1 − ε))), without which P(E) < 1 − ε; 0 when it says nothing."""
    return _native.theory.necessary_width(
        _count("positive", positive), _count("negative", negative), _share(eps)
    )


def _share(eps: Any) -> float:
    number = real("eps", eps)
    if not 0 < number < 1:
        raise InputError("eps", "a number between 0 and 1", repr(eps))
    return number


def _count(name: str, value: Any) -> float:
    number = real(name, value)
    if not 0 <= number < float("inf"):
        raise InputError(name, "a number, at least 0", repr(value))
    return number
