"""Takes stock of one problem: dataset and network together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .. import _native
from .._check import Floats, array, whole
from .._dataset import Dataset
from .._network import Network
from .._table import Table
from ..errors import InputError, InputTypeError

__all__ = ["Snapshot", "kernel", "snapshot", "statements", "transition_time", "velocity"]


def natives(data: Dataset, network: Network) -> tuple[_native.Dataset, _native.Network]:
    """What the extension knows them as, once they fit together."""
    if not isinstance(data, Dataset):
        raise InputTypeError("data", "a Dataset", type(data).__name__)
    if not isinstance(network, Network):
        raise InputTypeError("network", "a Network", type(network).__name__)
    if data.d != network.d:
        raise InputError("network.w", f"{data.d} columns, as data.x has", str(network.d))
    return data._native, network._native


def as_times(time: npt.ArrayLike) -> tuple[npt.NDArray[np.floating], tuple[int, ...]]:
    """Times in one dimension, and the shape that the answer is to have."""
    shape = np.shape(time)
    return array("time", np.ravel(np.asarray(time)), "(k,)"), shape


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What a dataset sees of a network at one θ."""

    loss: float
    """L = (1/2n) Σ_i r_i²."""
    curvature: float
    """μ = ‖dθ/dt‖²/(pL)."""
    residuals: Floats
    """r_i = y_i − h(x_i), n."""
    mass: Floats
    """e_i = (1/p) Σ_j a_j² 1_ji, n."""
    preactivations: Floats
    """⟨w_j, x_i⟩, p × n."""


def snapshot(data: Dataset, network: Network) -> Snapshot:
    """Loss, curvature, residuals, masses and preactivations, in O(ndp).

    >>> seen = snapshot(Dataset([[1.0]], [1.0]), Network([[1.0]], [0.5]))      # r = 1 − 0.5
    >>> seen.residuals, seen.loss
    (array([0.5]), 0.125)
    """
    return Snapshot(**_native.theory.snapshot(*natives(data, network)))


def velocity(data: Dataset, network: Network) -> tuple[Floats, Floats]:
    """dθ/dt = −p ∇L(θ) as (dw/dt, da/dt), p × d and p, in O(ndp); σ'(0) = 0.

    >>> velocity(Dataset([[1.0]], [1.0]), Network([[1.0]], [0.5]))      # a r x = 0.25 and r σ(w x) = 0.5
    (array([[0.25]]), array([0.5]))
    """
    return _native.theory.velocity(*natives(data, network))


def kernel(data: Dataset, network: Network) -> Floats:
    """The kernel M of dr/dt = −(1/n) M r, n × n, in O(n²(d + p)).

    M_ik = ⟨x_i, x_k⟩ (1/p) Σ_j a_j² 1_ji 1_jk + (1/p) Σ_j σ(⟨w_j, x_i⟩) σ(⟨w_j, x_k⟩)

    >>> kernel(Dataset([[1.0]], [1.0]), Network([[1.0]], [0.5]))        # a² x² + (w x)²
    array([[1.25]])
    """
    u = snapshot(data, network).preactivations
    gates, values = network.a[:, None] * (u > 0), np.maximum(u, 0.0)
    found: Floats = (data.x @ data.x.T * (gates.T @ gates) + values.T @ values) / network.p
    return found


def statements() -> Table:
    """The paper's statements in the order of the argument: name, what each says, whether it speaks of a problem or of laws,
    and its file. The list that `audit` goes through.

    >>> table = statements()
    >>> str(table["statement"][0]), str(table["says"][0]), str(table["scope"][0])
    ('Lemma 1', 'a_j² − ‖w_j‖² is conserved', 'problem')
    """
    columns = zip(*_native.theory.statements(), strict=True)
    names = ("statement", "says", "scope", "file")
    return Table({name: np.asarray(values) for name, values in zip(names, columns, strict=True)})


def transition_time(n: int, p: int) -> float:
    """(√(np)/4)·log(np), the transition time of the paper's protocol and the cut-off of Theorem 2; np = 1 counts as 2.

    >>> abs(transition_time(100, 4) - 5 * np.log(400)) < 1e-12
    np.True_
    """
    return _native.theory.transition_time(whole("n", n, 1), whole("p", p, 1))
