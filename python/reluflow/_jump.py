"""The limit of vanishing starts on orthogonal inputs: which neuron starts when, and what it fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import _native
from ._dataset import Dataset
from ._network import Network
from ._path import Plateau
from ._table import Table
from .errors import InputTypeError

__all__ = ["Jumps", "JumpMargins", "jump"]


@dataclass(frozen=True)
class JumpMargins:
    """How far the hypotheses of a jump process are from failing: activity and order should be well above 0."""

    domination: float
    """min_j (|a_j| − ‖w_j‖)/|a_j|; 0 on a balanced start, up to rounding; a start below that is refused, for an output weight may change its sign."""
    activity: float
    """min |⟨w_j, x_i⟩|/(‖w_j‖ ‖x_i‖): who is active is decided by it."""
    order: float
    """How much later, relative to s, the next neuron would have come that competes for an example, at the closest jump; infinite without one."""


@dataclass(frozen=True, eq=False)
class Jumps:
    """A jump process: `reluflow.jump`."""

    events: Table
    """A row a jump: s (in units of n log(1/λ)), neuron, fitted (how many examples), loss and norm after it."""
    fitted: tuple[npt.NDArray[np.int64], ...]
    """The examples that each jump fits, from 0."""
    initial_loss: float
    """L before the first jump, (1/2n) Σ y_i²."""
    loss: float
    """L at the end."""
    norm: float
    """(1/p) Σ_j (‖w_j‖² + a_j²) at the end."""
    lost: tuple[int, ...]
    """Examples that nobody ever fits."""
    idle: tuple[int, ...]
    """Neurons that never start."""
    ties: int
    """Jumps at which another neuron that competes for an example arrived at the same instant; the smaller number went first."""
    margins: JumpMargins
    """Margins of the hypotheses."""
    network: Network
    """The network at the end: (1/p) a_j w_j = Σ y_i x_i/‖x_i‖² over what neuron j fitted, |a_j| = ‖w_j‖, and 0 for those that never started."""

    @property
    def interpolates(self) -> bool:
        """Whether every label that is not 0 is fitted."""
        return not self.lost

    @property
    def plateaus(self) -> list[Plateau]:
        """The plateaus, on the clock s; the last one lasts for ever."""
        times = [0.0, *self.events["s"].tolist(), np.inf]
        losses = [self.initial_loss, *self.events["loss"].tolist()]
        grown = [(), *((int(neuron),) for neuron in self.events["neuron"])]
        return [Plateau(*one) for one in zip(times[:-1], times[1:], losses, grown, strict=True)]

    def __repr__(self) -> str:
        end = "every label is fitted" if self.interpolates else f"{len(self.lost)} examples are lost"
        return f"Jumps({self.events.rows} jumps of {self.network.p} neurons; {end}; norm {self.norm:.6g})"


def jump(data: Dataset, network: Network) -> Jumps:
    """The limit λ → 0 of the flow from a start of size λ on orthogonal inputs, on the clock s = t/(n log(1/λ)).

    With S_j the examples that neuron j is correctly active on at the start, U those not fitted yet and D_j = Σ_{i ∈ S_j ∩ U} y_i x_i:
    ℓ_j = −1 at s = 0, dℓ_j/ds = ‖D_j‖, and the first neuron whose ℓ_j reaches 0 fits S_j ∩ U at that instant. Only directions and signs of the
    weights matter. O(np) a jump; the page on small starts says what is a theorem and how slowly the flow tends to the limit.

    Raises
    ------
    InputError
        When the inputs are not orthogonal, data and network do not fit, |a_j| < ‖w_j‖ for a neuron, so that an output weight may change its sign,
        or a label or an input is not 0 and its size not between 1e-70 and 1e70.

    Examples
    --------
    >>> import numpy as np, reluflow as rf
    >>> data = rf.Dataset(np.eye(4), np.ones(4))
    >>> w = 0.5 * np.array([[1, 1, 1, -1], [-1, -1, 1, 1], [-1, 1, 1, -1]])
    >>> jumps = rf.jump(data, rf.Network(w, np.ones(3)))
    >>> jumps.events["s"].round(6).tolist(), jumps.idle, round(jumps.norm, 6)
    ([0.57735, 0.760854], (2,), 5.464102)
    """
    if not isinstance(data, Dataset):
        raise InputTypeError("data", "a Dataset", type(data).__name__)
    if not isinstance(network, Network):
        raise InputTypeError("network", "a Network", type(network).__name__)
    found, end = _native.jump(data._native, network._native)
    events = found["events"]
    columns: dict[str, npt.NDArray[np.float64] | npt.NDArray[np.int64]] = {
        "s": np.array([event["s"] for event in events], dtype=np.float64),
        "neuron": np.array([event["neuron"] for event in events], dtype=np.int64),
        "fitted": np.array([len(event["fitted"]) for event in events], dtype=np.int64),
        "loss": np.array([event["loss"] for event in events], dtype=np.float64),
        "norm": np.array([event["norm"] for event in events], dtype=np.float64),
    }
    return Jumps(
        events=Table(columns),
        fitted=tuple(np.array(event["fitted"], dtype=np.int64) for event in events),
        initial_loss=found["initial_loss"],
        loss=found["loss"],
        norm=found["norm"],
        lost=tuple(found["lost"]),
        idle=tuple(found["idle"]),
        ties=found["ties"],
        margins=JumpMargins(**found["margins"]),
        network=Network._wrap(end),
    )
