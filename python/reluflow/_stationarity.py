"""Tells stationary points from local minima, as a network with kinks has them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import _native
from ._check import Floats, keywords, real
from ._dataset import Dataset
from ._network import Network
from .errors import InputError, InputTypeError

__all__ = ["Escape", "Stationarity", "stationarity"]


@dataclass(frozen=True, eq=False)
class Escape:
    """A neuron that could lower the loss from a point where the flow may rest."""

    neuron: int
    """Which neuron, from 0."""
    rate: float
    """Fall of L per unit of ‖δw_j‖, at its steepest; 0 when only the second order falls (a_j = 0)."""
    alive: bool
    """Whether the neuron is active on some example; otherwise it only touches kinks."""
    direction: Floats
    """The unit direction δw_j."""
    through: tuple[int, ...]
    """The examples that become active along it."""


@dataclass(frozen=True, eq=False)
class Stationarity:
    """A report on one point. Prints as one sentence."""

    kind: str
    """"not-stationary", "saddle", "local-minimum" or "undecided"."""
    sentence: str
    """What `str` gives."""
    gradient_norm: float
    """Norm of the least-norm subgradient of L: 0 where the flow may rest."""
    plain_gradient_norm: float
    """Norm of the gradient with σ'(0) = 0, as automatic differentiation has it, for comparison."""
    escapes: tuple[Escape, ...]
    """Which neurons could escape, steepest first."""

    @property
    def alive_escape(self) -> bool:
        """Whether a neuron that is active somewhere could escape."""
        return any(escape.alive for escape in self.escapes)

    def __str__(self) -> str:
        return self.sentence


@keywords
def stationarity(data: Dataset, network: Network, *, tolerance: float = 1e-9) -> Stationarity:
    """Whether a network is a stationary point, a saddle or a local minimum of the loss, kinks included.

    No random perturbation is needed: near a point the residuals are a piecewise bilinear function of a neuron's weights, and
    if no first-order direction lowers the loss, nothing does.

    Parameters
    ----------
    data, network
        the problem; the network is often the end of `reluflow.exact`.
    tolerance
        |⟨w_j, x_i⟩| ≤ tolerance·‖w_j‖‖x_i‖ counts as 0, and so do forces below this share of what cancels in them: of
        |a_j| Σ_i s_i‖x_i‖ with s_i = |y_i| + (1/p) Σ_k |a_k| σ(⟨w_k, x_i⟩), of which a residual is the difference. So a fit to
        rounding is stationary. The exact flow's sliding pairs are at 0 to rounding; a run that is still approaching its end needs
        more.

    Raises
    ------
    InputError: when data and network do not fit together, or the tolerance is not in [0, 1).

    Examples
    --------
    One neuron on the kink of x = 1 with y = 1 and a = 1: σ'(0) = 0 says that it rests, but δw > 0 lowers the loss.

    >>> import reluflow as rf
    >>> report = rf.stationarity(rf.Dataset([[1.0]], [1.0]), rf.Network([[0.0]], [1.0]))
    >>> print(report)
    saddle: the flow may rest, but 1 neuron could lower the loss, 0 of them alive
    >>> report.plain_gradient_norm, report.escapes[0].rate, report.escapes[0].through
    (0.0, 1.0, (0,))
    """
    if not isinstance(data, Dataset):
        raise InputTypeError("data", "a Dataset", type(data).__name__)
    if not isinstance(network, Network):
        raise InputTypeError("network", "a Network", type(network).__name__)
    if data.d != network.d:
        raise InputError("network.w", f"{data.d} columns, as data.x has", f"{network.d}")
    found = _native.stationarity(data._native, network._native, real("tolerance", tolerance))
    report = found["report"]
    escapes = tuple(
        Escape(
            neuron=escape["neuron"],
            rate=escape["rate"],
            alive=escape["alive"],
            direction=np.asarray(escape["direction"]),
            through=tuple(escape["through"]),
        )
        for escape in report.pop("escapes")
    )
    return Stationarity(sentence=found["sentence"], escapes=escapes, **report)
